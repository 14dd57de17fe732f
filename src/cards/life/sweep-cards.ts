import { systemActor } from '#audit/rules/event.ts';
import { type CardStep, lifeRules } from '#cards/rules/life.ts';
import { hainanDay } from '#platform/calendar.ts';
import { readNowMs } from '#platform/clock/read-now.ts';
import { inTransaction, type Pool, type Session, sessionOf } from '#platform/postgres.ts';
import { type LockedCard, lockDueExpiries, lockDueLifts } from './store.ts';
import { writeChanges } from './write-changes.ts';

/** Cards tidied up in one transaction: their locks are held only for a moment. */
export const cardSweepMax = 200;

/**
 * Lifts temporary losses that are over. It decides nothing: every group takes them as over from their last
 * millisecond on; history, audit trail and terminals learn it here. Gives how many; fewer than the most is done.
 */
export function liftLosses(pool: Pool): Promise<number> {
  return inTransaction(pool, async (client) => {
    const session = sessionOf(client);
    return write(session, await lockDueLifts(session, cardSweepMax), 'lift-temporary-loss');
  });
}

/** Marks cards whose last day is over, in the same way. */
export function expireCards(pool: Pool): Promise<number> {
  return inTransaction(pool, async (client) => {
    const session = sessionOf(client);
    const today = hainanDay(await readNowMs(session));
    return write(session, await lockDueExpiries(session, today, cardSweepMax), 'expire');
  });
}

async function write(session: Session, cards: readonly LockedCard[], step: CardStep): Promise<number> {
  if (cards.length === 0) return 0;
  const { to, act } = lifeRules[step];
  const changes = cards.map((card) => ({
    ...{ card, step, act, from: card.status, to, liftsAtMs: null },
    ...{ actor: systemActor, reason: '' },
  }));
  await writeChanges(session, changes);
  return cards.length;
}
