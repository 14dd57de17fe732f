import type { ReferenceKeeper } from '#clearing/reference.ts';
import type { Log } from '#platform/log.ts';

const pauseMs = 1_000;

/**
 * Looks every second whether terminals, participants or tariffs have changed. A group checks this by itself; the
 * gate that lets terminals in, inquiries and histories do not, and a quiet instance clears no group.
 */
export function scheduleReferenceRefresh(reference: ReferenceKeeper, log: Log): { stop(): Promise<void> } {
  let running: Promise<unknown> = Promise.resolve();
  let isLooking = false;
  const look = async () => {
    isLooking = true;
    await reference.refresh().catch((error) => log.warn('reference data could not be looked at', { error }));
    isLooking = false;
  };
  const timer = setInterval(() => {
    if (!isLooking) running = look();
  }, pauseMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
