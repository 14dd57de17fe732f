import { addPartitionsAhead, tellPartitions } from '#ledger/partitions/add-ahead.ts';
import { packNext } from '#ledger/partitions/pack.ts';
import { openUtilization } from '#platform/limits/utilization.ts';
import type { Log } from '#platform/log.ts';
import { type Pool, sessionOf } from '#platform/postgres.ts';
import { repeat, type Schedule } from './repeat.ts';

export interface KeepPartitions {
  readonly pool: Pool;
  readonly log: Log;
  readonly pauseMs?: number;
  /** How busy the process was since it was last asked, from 0 to 1. */
  readonly utilization?: () => number;
}

const defaultPauseMs = 10 * 60_000;
/** To write an index anew takes a processor for as long as it lasts: it waits for an hour with few payments. */
const busyFrom = 0.2;

/**
 * Keeps the journal's partitions: makes those of the days to come, tells of them once more, and packs one of a closed
 * day at a time, at leisure. Being late costs a cut-off some milliseconds, and disk.
 */
export function schedulePartitions({ pool, log, ...options }: KeepPartitions): Schedule {
  const { pauseMs = defaultPauseMs, utilization = openUtilization() } = options;
  // Whoever made some before this process may have died before it told.
  let areTold = false;
  return repeat(log, {
    pauseMs,
    work: async () => {
      if ((await addPartitionsAhead(sessionOf(pool))) > 0) areTold = false;
      if (!areTold) await tellPartitions(sessionOf(pool));
      areTold = true;
      return utilization() < busyFrom && (await packNext(pool)) !== null;
    },
    failed: 'the partitions of the journal could not be kept',
  });
}
