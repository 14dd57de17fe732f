import { openAccounts } from '#ledger/open-accounts.ts';
import { bucketOf, type Purse } from '#ledger/rules/accounts.ts';
import type { Session } from '#platform/postgres.ts';
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
}

/** Issues cards: person, card account, card and purses, one statement per table. Issued cards are left alone. */
export async function issueCards(
  session: Session,
  cards: readonly NewCard[],
  digest: (cardNumber: string) => Buffer,
): Promise<void> {
  const rows: NewCardRow[] = cards.map((card) => ({
    ...card,
    bucket: bucketOf(card.cardAccountId),
    numberDigest: digest(card.cardNumber).toString('hex'),
    numberTail: card.cardNumber.slice(-4),
  }));
  await insertCards(session, rows);
  const accounts = cards.flatMap((card) =>
    card.purses.map((code) => ({ ownerId: card.cardAccountId, code })),
  );
  await openAccounts(session, accounts);
}
