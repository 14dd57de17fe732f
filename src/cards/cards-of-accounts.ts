import { numberColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { CardRef } from './store.ts';

// Of several cards the one that may pay, else the newest: a lost card still says whose it was, and is refused.
const find: Statement = {
  name: 'cards-of-accounts',
  text: `select c.id, c.card_account_id, c.bucket from unnest($1::smallint[], $2::bigint[]) k(bucket, id)
    cross join lateral (
      select id, card_account_id, bucket from cards.cards
      where bucket = k.bucket and card_account_id = k.id
      order by status = 'active' desc, id desc limit 1) c`,
};

/** The card under which each card account acts when none is presented, by card account. */
export async function findCardsOfAccounts(
  session: Session,
  owners: readonly { readonly bucket: number; readonly ownerId: bigint }[],
): Promise<Map<bigint, CardRef>> {
  const { rows } = await session.run(find, [
    numberColumn(owners, (owner) => owner.bucket),
    numberColumn(owners, (owner) => owner.ownerId),
  ]);
  return new Map(
    rows.map((row) => [
      row[1] as bigint,
      { cardId: row[0] as bigint, cardAccountId: row[1] as bigint, bucket: row[2] as number },
    ]),
  );
}
