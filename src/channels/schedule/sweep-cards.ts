import { cardSweepMax, expireCards, liftLosses } from '#cards/life/sweep-cards.ts';
import type { Log } from '#platform/log.ts';
import type { Pool } from '#platform/postgres.ts';
import { repeat, type Schedule } from './repeat.ts';

const defaultPauseMs = 5_000;

/**
 * Lifts temporary losses that are over, and marks cards whose last day is over, every few seconds until it is stopped.
 * Being late delays what histories and terminals say, not what a payment meets. Any number of instances may do it.
 */
export function scheduleCardSweep(pool: Pool, log: Log, pauseMs: number = defaultPauseMs): Schedule {
  return repeat(log, {
    pauseMs,
    work: async () => {
      const [lifted, expired] = [await liftLosses(pool), await expireCards(pool)];
      return lifted === cardSweepMax || expired === cardSweepMax;
    },
    failed: 'cards could not be swept',
  });
}
