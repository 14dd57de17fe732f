import { codeColumn, numberColumn, textColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { CardStatus } from './rules/status.ts';

/** What never changes about a card: which account it belongs to, and in which bucket that lives. */
export interface CardRef {
  readonly cardId: bigint;
  readonly cardAccountId: bigint;
  readonly bucket: number;
}

/** What may change, and is read in the group that decides. */
export interface CardState {
  readonly cardId: bigint;
  readonly cardAccountId: bigint;
  readonly status: CardStatus;
  readonly expiresOn: string;
  readonly product: string;
}

const states: Statement = {
  name: 'cards-states',
  text: `select c.* from unnest($1::smallint[], $2::bigint[]) k(bucket, id)
    cross join lateral (
      select id, card_account_id, status, expires_on, product from cards.cards
      where bucket = k.bucket and id = k.id offset 0) c`,
};

/** The state of these cards now. */
export async function findCardStates(
  session: Session,
  cards: readonly CardRef[],
): Promise<Map<bigint, CardState>> {
  const { rows } = await session.run(states, [
    numberColumn(cards, (card) => card.bucket),
    numberColumn(cards, (card) => card.cardId),
  ]);
  const found = new Map<bigint, CardState>();
  for (const [cardId, cardAccountId, status, expiresOn, product] of rows) {
    found.set(cardId as bigint, { cardId, cardAccountId, status, expiresOn, product } as CardState);
  }
  return found;
}

const byDigest: Statement = {
  name: 'cards-by-digest',
  text: `select encode(c.number_digest, 'hex'), c.id, c.card_account_id, c.bucket
    from unnest($1::text[]) k(digest)
    cross join lateral (select * from cards.cards where number_digest = decode(k.digest, 'hex') offset 0) c`,
};

/** The cards of these keyed digests (hex), by digest. */
export async function findCardsByDigest(
  session: Session,
  digests: readonly string[],
): Promise<Map<string, CardRef>> {
  const { rows } = await session.run(byDigest, [`{${digests.join(',')}}`]);
  const found = new Map<string, CardRef>();
  for (const [digest, cardId, cardAccountId, bucket] of rows) {
    found.set(digest as string, { cardId, cardAccountId, bucket } as CardRef);
  }
  return found;
}

/** A card as it is kept when it is issued: its number only as keyed digest and last four. */
export interface NewCardRow {
  readonly cardId: bigint;
  readonly cardAccountId: bigint;
  readonly personId: bigint;
  readonly bucket: number;
  readonly product: string;
  readonly expiresOn: string;
  readonly status: CardStatus;
  readonly numberDigest: string;
  readonly numberTail: string;
}

const insertPersons: Statement = {
  name: 'cards-insert-persons',
  text: 'insert into cards.persons (id) select * from unnest($1::bigint[]) on conflict do nothing',
};
const insertAccounts: Statement = {
  name: 'cards-insert-accounts',
  text: `insert into cards.card_accounts (bucket, id, person_id)
    select * from unnest($1::smallint[], $2::bigint[], $3::bigint[]) on conflict do nothing`,
};
const insertPlastics: Statement = {
  name: 'cards-insert-cards',
  text: `insert into cards.cards (bucket, id, card_account_id, expires_on, status, number_digest, number_tail,
      product)
    select n.bucket, n.id, n.account, n.expires_on, n.status, decode(n.digest, 'hex'), n.tail, n.product
    from unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::date[], $5::text[], $6::text[], $7::text[],
      $8::text[]) n(bucket, id, account, expires_on, status, digest, tail, product)
    on conflict do nothing`,
};

/** Adds cards with their persons and card accounts; what is there is left alone. */
export async function insertCards(session: Session, rows: readonly NewCardRow[]): Promise<void> {
  const buckets = numberColumn(rows, (row) => row.bucket);
  const accountIds = numberColumn(rows, (row) => row.cardAccountId);
  await session.run(insertPersons, [numberColumn(rows, (row) => row.personId)]);
  await session.run(insertAccounts, [buckets, accountIds, numberColumn(rows, (row) => row.personId)]);
  await session.run(insertPlastics, [
    buckets,
    numberColumn(rows, (row) => row.cardId),
    accountIds,
    codeColumn(rows, (row) => row.expiresOn),
    codeColumn(rows, (row) => row.status),
    codeColumn(rows, (row) => row.numberDigest),
    textColumn(rows, (row) => row.numberTail),
    codeColumn(rows, (row) => row.product),
  ]);
}
