import { systemActor } from '#audit/rules/event.ts';
import { openAccounts } from '#ledger/open-accounts.ts';
import { bucketOf, type Purse } from '#ledger/rules/accounts.ts';
import type { Session } from '#platform/postgres.ts';
import { insertEvents, insertHotChanges } from './life/store.ts';
import { hotChangesOf } from './life/write-changes.ts';
import type { CardStatus } from './rules/status.ts';
import { insertCards, type NewCardRow } from './store.ts';

/** A card to issue, with a card account of its own. The number is digested here and goes no further. */
export interface NewCard {
  readonly cardNumber: string;
  readonly cardId: bigint;
  readonly cardAccountId: bigint;
  readonly personId: bigint;
  readonly product: string;
  readonly expiresOn: string;
  readonly status: CardStatus;
  readonly purses: readonly Purse[];
  /** What stands for it on the hot list; without one no terminal can be told to keep it away. */
  readonly hotMark?: Buffer;
}

/**
 * Issues cards under ids that the caller gives, for a demonstration or a test town: person, card account, card and
 * purses, one statement per table. Issued cards are left alone.
 */
export async function issueCards(
  session: Session,
  cards: readonly NewCard[],
  digest: (cardNumber: string) => Buffer,
): Promise<void> {
  const rows = cards.map(
    (card): NewCardRow => ({
      ...card,
      bucket: bucketOf(card.cardAccountId),
      numberDigest: digest(card.cardNumber).toString('hex'),
      numberTail: card.cardNumber.slice(-4),
      hotMark: card.hotMark?.toString('hex') ?? null,
      issueFileId: null,
      identity: null,
    }),
  );
  const inserted = await insertCards(session, rows);
  const accounts = cards.flatMap((card) =>
    card.purses.map((code) => ({ ownerId: card.cardAccountId, code })),
  );
  await openAccounts(session, accounts);
  const changes = rows
    .filter((row) => inserted.has(row.cardId))
    .map((row) => ({
      ...({ card: row, step: 'issue', from: null, to: row.status, liftsAtMs: null } as const),
      ...{ actor: systemActor, reason: '' },
    }));
  if (changes.length === 0) return;
  await insertEvents(session, changes);
  await insertHotChanges(session, hotChangesOf(changes));
}
