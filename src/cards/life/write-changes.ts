import { recordAudit } from '#audit/store.ts';
import { hotChangeOf } from '#cards/rules/hot.ts';
import type { Session } from '#platform/postgres.ts';
import {
  insertEvents,
  insertHotChanges,
  type LockedCard,
  type MarkedChange,
  type StatusChange,
  updateStatuses,
} from './store.ts';

/** A change of status of a card that may have a mark. */
export interface MarkedStatusChange extends StatusChange {
  readonly card: Pick<LockedCard, 'cardId' | 'bucket' | 'hotMark'>;
}

/** A change of a locked card, and how the audit trail names it. */
export interface CardChange extends MarkedStatusChange {
  readonly act: string;
}

/**
 * Writes what became of cards: status, history, hot list and audit trail, one statement each. The last two are
 * numbered under locks that everybody shares, in this order, and held to the commit: call it last.
 */
export async function writeChanges(session: Session, changes: readonly CardChange[]): Promise<Date[]> {
  await updateStatuses(session, changes);
  return recordChanges(session, changes);
}

/** The same for cards whose rows already say it. */
export async function recordChanges(session: Session, changes: readonly CardChange[]): Promise<Date[]> {
  const times = await insertEvents(session, changes);
  await insertHotChanges(session, hotChangesOf(changes));
  await recordAudit(
    session,
    changes.map(({ actor, act, card, reason }) => ({ actor, act, subject: `card ${card.cardId}`, reason })),
  );
  return times;
}

/** Cards without a mark cannot be named to a terminal; the clearing refuses them all the same. */
export function hotChangesOf(changes: readonly MarkedStatusChange[]): MarkedChange[] {
  return changes.flatMap(({ card, from, to }) => {
    const hot = hotChangeOf(from, to);
    return hot === null || card.hotMark === null ? [] : [{ ...hot, mark: card.hotMark }];
  });
}
