import type { ReferenceKeeper } from '#clearing/reference.ts';
import type { Log } from '#platform/log.ts';
import { repeat, type Schedule } from './repeat.ts';

const pauseMs = 1_000;

/**
 * Looks every second whether terminals, participants or tariffs have changed. A group checks this by itself; the
 * gate that lets terminals in, inquiries and histories do not, and a quiet instance clears no group.
 */
export function scheduleReferenceRefresh(reference: ReferenceKeeper, log: Log): Schedule {
  return repeat(log, {
    pauseMs,
    work: async () => {
      await reference.refresh();
      return false;
    },
    failed: 'reference data could not be looked at',
  });
}
