import { sweepSignIns, sweepTriesMax } from '#access/sign-in/tries.ts';
import type { Log } from '#platform/log.ts';
import { type Pool, sessionOf } from '#platform/postgres.ts';
import { repeat, type Schedule } from './repeat.ts';

const defaultPauseMs = 60_000;

/** Sweeps forgotten failures and finished sessions once a minute until it is stopped. Being late changes no answer. */
export function scheduleSignInSweep(pool: Pool, log: Log, pauseMs: number = defaultPauseMs): Schedule {
  return repeat(log, {
    pauseMs,
    work: async () => (await sweepSignIns(sessionOf(pool))) >= sweepTriesMax,
    failed: 'old sign-ins could not be swept',
  });
}
