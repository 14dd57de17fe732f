import { expireHolds, sweepMax } from '#ledger/expire-holds.ts';
import type { Log } from '#platform/log.ts';
import type { Pool } from '#platform/postgres.ts';
import { repeat, type Schedule } from './repeat.ts';

const defaultPauseMs = 5_000;

/** Sweeps expired holds every few seconds until it is stopped. Being late changes nothing but the tidiness. */
export function scheduleHoldSweep(pool: Pool, log: Log, pauseMs: number = defaultPauseMs): Schedule {
  return repeat(log, {
    pauseMs,
    work: async () => (await expireHolds(pool)) === sweepMax,
    failed: 'holds could not be swept',
  });
}
