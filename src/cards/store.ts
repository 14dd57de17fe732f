import { codeColumn, numberColumn, textColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { CardStatus, CardTerms } from './rules/status.ts';

/** What never changes about a card: which account it belongs to, and in which bucket that lives. */
export interface CardRef {
  readonly cardId: bigint;
  readonly cardAccountId: bigint;
  readonly bucket: number;
}

/** What may change, and is read in the group that decides. */
export interface CardState extends CardTerms {
  readonly cardId: bigint;
  readonly cardAccountId: bigint;
  readonly product: string;
}

// A replaced card leads to its account, so it is closed when the account is: when the card that came after it was closed.
const statusNow = `case when c.status = 'replaced' and exists (
        select from cards.cards other
        where other.bucket = c.bucket and other.card_account_id = c.card_account_id and other.status = 'closed')
      then 'closed' else c.status end`;

const states: Statement = {
  name: 'cards-states',
  text: `select n.* from unnest($1::smallint[], $2::bigint[]) k(bucket, id)
    cross join lateral (
      select c.id, c.card_account_id, ${statusNow}, c.expires_on, c.product,
        (extract(epoch from c.lifts_at) * 1000)::bigint
      from cards.cards c
      where c.bucket = k.bucket and c.id = k.id offset 0) n`,
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
  for (const [cardId, cardAccountId, status, expiresOn, product, lifts] of rows) {
    const liftsAtMs = lifts === null ? null : Number(lifts);
    found.set(
      cardId as bigint,
      { cardId, cardAccountId, status, expiresOn, product, liftsAtMs } as CardState,
    );
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

/** A person as they are kept: found by the keyed digest of the ID number (hex), read only by opening the seals. */
export interface Identity {
  readonly idNumberDigest: string;
  readonly idNumberSealed: Buffer;
  readonly nameSealed: Buffer;
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
  /** 8 bytes in hex; null for a card that cannot be put on the hot list. */
  readonly hotMark: string | null;
  readonly issueFileId: bigint | null;
  /** Null for a person who is known already, or of whom only the number of ours is known. */
  readonly identity: Identity | null;
}

const insertPersons: Statement = {
  name: 'cards-insert-persons',
  text: `insert into cards.persons (id, id_number_digest, id_number_sealed, name_sealed)
    select n.id, decode(n.digest, 'hex'), decode(n.sealed, 'hex'), decode(n.name, 'hex')
    from unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) n(id, digest, sealed, name)
    on conflict do nothing`,
};
const insertAccounts: Statement = {
  name: 'cards-insert-accounts',
  text: `insert into cards.card_accounts (bucket, id, person_id)
    select * from unnest($1::smallint[], $2::bigint[], $3::bigint[]) on conflict do nothing`,
};
const insertPlastics: Statement = {
  name: 'cards-insert-cards',
  text: `insert into cards.cards (bucket, id, card_account_id, expires_on, status, number_digest, number_tail,
      product, hot_mark, issue_file_id)
    select n.bucket, n.id, n.account, n.expires_on, n.status, decode(n.digest, 'hex'), n.tail, n.product,
      decode(n.mark, 'hex'), n.file
    from unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::date[], $5::text[], $6::text[], $7::text[],
      $8::text[], $9::text[], $10::bigint[])
      n(bucket, id, account, expires_on, status, digest, tail, product, mark, file)
    on conflict do nothing returning id`,
};

/** Adds cards with their persons and card accounts; what is there is left alone. Gives the ids that are new. */
export async function insertCards(session: Session, rows: readonly NewCardRow[]): Promise<Set<bigint>> {
  const persons = [...new Map(rows.map((row) => [row.personId, row])).values()];
  await session.run(insertPersons, [
    numberColumn(persons, (row) => row.personId),
    codeColumn(persons, (row) => row.identity?.idNumberDigest ?? null),
    codeColumn(persons, (row) => row.identity?.idNumberSealed.toString('hex') ?? null),
    codeColumn(persons, (row) => row.identity?.nameSealed.toString('hex') ?? null),
  ]);
  const accountIds = numberColumn(rows, (row) => row.cardAccountId);
  const buckets = numberColumn(rows, (row) => row.bucket);
  await session.run(insertAccounts, [buckets, accountIds, numberColumn(rows, (row) => row.personId)]);
  return insertCardRows(session, rows);
}

/** Adds the cards alone, where person and card account are there. Gives the ids that are new. */
export async function insertCardRows(
  session: Session,
  rows: readonly Omit<NewCardRow, 'identity' | 'personId'>[],
): Promise<Set<bigint>> {
  const inserted = await session.run(insertPlastics, [
    numberColumn(rows, (row) => row.bucket),
    numberColumn(rows, (row) => row.cardId),
    numberColumn(rows, (row) => row.cardAccountId),
    codeColumn(rows, (row) => row.expiresOn),
    codeColumn(rows, (row) => row.status),
    codeColumn(rows, (row) => row.numberDigest),
    textColumn(rows, (row) => row.numberTail),
    codeColumn(rows, (row) => row.product),
    codeColumn(rows, (row) => row.hotMark),
    numberColumn(rows, (row) => row.issueFileId),
  ]);
  // Set-ups hand in sessions whose driver gives bigints as text.
  return new Set(inserted.rows.map(([id]) => BigInt(id as bigint | string)));
}
