import { expireHolds, sweepMax } from '#ledger/expire-holds.ts';
import type { Log } from '#platform/log.ts';
import type { Pool } from '#platform/postgres.ts';

const defaultPauseMs = 5_000;

/** Sweeps expired holds every few seconds until it is stopped. Being late changes nothing but the tidiness. */
export function scheduleHoldSweep(
  pool: Pool,
  log: Log,
  pauseMs: number = defaultPauseMs,
): { stop(): Promise<void> } {
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  const sweep = async () => {
    try {
      while (!stopped && (await expireHolds(pool)) === sweepMax);
    } catch (error) {
      log.warn('holds could not be swept', { error });
    }
  };
  const timer = setInterval(() => {
    running = running.then(() => (stopped ? undefined : sweep()));
  }, pauseMs);
  return {
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
