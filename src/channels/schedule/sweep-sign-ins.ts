import { sweepSignIns, sweepTriesMax } from '#access/sign-in/tries.ts';
import type { Log } from '#platform/log.ts';
import { type Pool, sessionOf } from '#platform/postgres.ts';

const defaultPauseMs = 60_000;

/** Sweeps forgotten failures and finished sessions once a minute until it is stopped. Being late changes no answer. */
export function scheduleSignInSweep(
  pool: Pool,
  log: Log,
  pauseMs: number = defaultPauseMs,
): { stop(): Promise<void> } {
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  const sweep = async () => {
    try {
      while (!stopped && (await sweepSignIns(sessionOf(pool))) >= sweepTriesMax);
    } catch (error) {
      log.warn('old sign-ins could not be swept', { error });
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
