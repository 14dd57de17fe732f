import { addPartitionsAhead } from '#ledger/partitions/add-ahead.ts';
import { packNext } from '#ledger/partitions/pack.ts';
import type { Log } from '#platform/log.ts';
import { type Pool, sessionOf } from '#platform/postgres.ts';
import { repeat, type Schedule } from './repeat.ts';

const defaultPauseMs = 10 * 60_000;

/**
 * Keeps the journal's partitions: makes those of the days to come, and packs one of a closed day at a time. Being late
 * costs a cut-off some milliseconds, and disk.
 */
export function schedulePartitions(pool: Pool, log: Log, pauseMs: number = defaultPauseMs): Schedule {
  return repeat(log, {
    pauseMs,
    work: async () => {
      await addPartitionsAhead(sessionOf(pool));
      return (await packNext(pool)) !== null;
    },
    failed: 'the partitions of the journal could not be kept',
  });
}
