import { expireHolds, sweepMax } from '#ledger/expire-holds.ts';
import type { Log } from '#platform/log.ts';
import type { Pool } from '#platform/postgres.ts';
import { repeatSweep } from './repeat-sweep.ts';

const defaultPauseMs = 5_000;

/** Sweeps expired holds every few seconds until it is stopped. Being late changes nothing but the tidiness. */
export function scheduleHoldSweep(
  pool: Pool,
  log: Log,
  pauseMs: number = defaultPauseMs,
): { stop(): Promise<void> } {
  return repeatSweep(log, {
    pauseMs,
    sweep: async () => (await expireHolds(pool)) === sweepMax,
    failed: 'holds could not be swept',
  });
}
