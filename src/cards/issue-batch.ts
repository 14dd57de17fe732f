import type { Actor } from '#audit/rules/event.ts';
import { openAccounts } from '#ledger/open-accounts.ts';
import { bucketOf } from '#ledger/rules/accounts.ts';
import { codeColumn, numberColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { Secrets } from '#platform/secrets.ts';
import { insertEvents } from './life/store.ts';
import type { Product } from './products.ts';
import { type AskedCard, heldKey, judgeIssue, type TakenRefusal } from './rules/judge-issue.ts';
import type { CardWish } from './rules/new-card.ts';
import { type Identity, insertCards, type NewCardRow } from './store.ts';

/** What of the master key a card needs: its number and its holder's are digested and sealed, and go no further. */
export type CardKeys = Pick<Secrets, 'cardNumberDigest' | 'hotMark' | 'personDigest' | 'sealPersonal'>;

/** A wish whose numbers and name are digested and sealed. */
export interface PreparedCard extends AskedCard {
  readonly numberTail: string;
  readonly hotMark: string;
  readonly identity: Identity;
  readonly expiresOn: string;
}

export function prepareCard(keys: CardKeys, wish: CardWish): PreparedCard {
  const { cardNumber, product, expiresOn } = wish;
  const identity = sealIdentity(keys, wish);
  return {
    ...{ product, expiresOn, identity, idNumberDigest: identity.idNumberDigest },
    numberDigest: keys.cardNumberDigest(cardNumber).toString('hex'),
    numberTail: cardNumber.slice(-4),
    hotMark: keys.hotMark(cardNumber).toString('hex'),
  };
}

export function sealIdentity(keys: CardKeys, person: Pick<CardWish, 'idNumber' | 'name'>): Identity {
  return {
    idNumberDigest: keys.personDigest(person.idNumber).toString('hex'),
    idNumberSealed: keys.sealPersonal(person.idNumber),
    nameSealed: keys.sealPersonal(person.name),
  };
}

/** On whose behalf a batch is issued, and with which products. */
export interface IssueTerms {
  readonly products: ReadonlyMap<string, Product>;
  readonly actor: Actor;
  readonly reason: string;
  readonly fileId: bigint | null;
}

export type Issued = { readonly cardId: bigint; readonly cardAccountId: bigint } | TakenRefusal;

/**
 * Issues what can be had of a batch, not active yet: persons, card accounts, cards, purses and histories, one
 * statement per table. Whoever issues waits for whoever does: numbers and persons are unique over all buckets, which
 * no index can say of a distributed table. The audit event is the caller's.
 */
export async function issueBatch(
  session: Session,
  cards: readonly PreparedCard[],
  terms: IssueTerms,
): Promise<Issued[]> {
  if (cards.length === 0) return [];
  await lockIssuing(session);
  const persons = await findPersons(session, [...new Set(cards.map((card) => card.idNumberDigest))]);
  const taken = {
    numbers: await findNumbers(session, cards),
    held: await findHeld(session, persons),
  };
  const verdicts = judgeIssue(cards, taken, terms.fileId);
  const good = cards.filter((_, i) => verdicts[i] === null);
  const rows = await numberRows(session, good, { persons, fileId: terms.fileId });
  await insertIssued(session, rows, terms);
  let next = 0;
  return verdicts.map((verdict) => {
    if (verdict !== null) return verdict;
    const { cardId, cardAccountId } = rows[next++] as NewCardRow;
    return { cardId, cardAccountId };
  });
}

async function insertIssued(session: Session, rows: readonly NewCardRow[], terms: IssueTerms): Promise<void> {
  if (rows.length === 0) return;
  const inserted = await insertCards(session, rows);
  if (inserted.size !== rows.length) throw new Error('a card that nobody has could not be added');
  await holdProducts(session, rows);
  const accounts = rows.flatMap((row) =>
    (terms.products.get(row.product)?.purses ?? []).map((code) => ({ ownerId: row.cardAccountId, code })),
  );
  await openAccounts(session, accounts);
  const { actor, reason } = terms;
  await insertEvents(
    session,
    rows.map((row) => ({
      ...{ card: row, step: 'issue', from: null, to: row.status, liftsAtMs: null, actor, reason },
    })),
  );
}

/** Gives each card ids of its own; a person who is known keeps theirs, and is not written again. */
async function numberRows(
  session: Session,
  cards: readonly PreparedCard[],
  { persons, fileId }: { readonly persons: ReadonlyMap<string, bigint>; readonly fileId: bigint | null },
): Promise<NewCardRow[]> {
  const ids = await nextIds(session, cards.length);
  const known = new Map(persons);
  return cards.map((card, i): NewCardRow => {
    const { personId, cardAccountId, cardId } = ids[i] as NextIds;
    const ofPerson = known.get(card.idNumberDigest);
    known.set(card.idNumberDigest, ofPerson ?? personId);
    return {
      ...{ cardId, cardAccountId, bucket: bucketOf(cardAccountId), personId: ofPerson ?? personId },
      ...{
        status: 'not-active',
        issueFileId: fileId,
        identity: ofPerson === undefined ? card.identity : null,
      },
      product: card.product,
      expiresOn: card.expiresOn,
      numberDigest: card.numberDigest,
      numberTail: card.numberTail,
      hotMark: card.hotMark,
    };
  });
}

const issuingLock: Statement = {
  name: 'cards-lock-issuing',
  text: 'select pg_advisory_xact_lock(4600000032)',
};

/** One transaction at a time adds card numbers and persons. */
export async function lockIssuing(session: Session): Promise<void> {
  await session.run(issuingLock);
}

interface NextIds {
  readonly personId: bigint;
  readonly cardAccountId: bigint;
  readonly cardId: bigint;
}

const ids: Statement = {
  name: 'cards-next-ids',
  text: `select nextval('cards.person_ids'), nextval('cards.card_account_ids'), nextval('cards.card_ids')
    from generate_series(1, $1)`,
};

async function nextIds(session: Session, count: number): Promise<NextIds[]> {
  const { rows } = await session.run(ids, [count]);
  return rows.map(([personId, cardAccountId, cardId]) => ({ personId, cardAccountId, cardId }) as NextIds);
}

const personsText: Statement = {
  name: 'cards-persons-by-digest',
  text: `select encode(p.id_number_digest, 'hex'), p.id from unnest($1::text[]) k(digest)
    cross join lateral (
      select * from cards.persons where id_number_digest = decode(k.digest, 'hex') offset 0) p`,
};

/** The persons of these keyed digests (hex). */
export async function findPersons(
  session: Session,
  digests: readonly string[],
): Promise<Map<string, bigint>> {
  const { rows } = await session.run(personsText, [codeColumn(digests, (digest) => digest)]);
  return new Map(rows as [string, bigint][]);
}

const numbersText: Statement = {
  name: 'cards-taken-numbers',
  text: `select encode(c.number_digest, 'hex'), c.issue_file_id from unnest($1::text[]) k(digest)
    cross join lateral (
      select number_digest, issue_file_id from cards.cards where number_digest = decode(k.digest, 'hex') offset 0) c`,
};

/** Which of these numbers cards have, and the file each was issued from. */
export async function findNumbers(
  session: Session,
  cards: readonly Pick<AskedCard, 'numberDigest'>[],
): Promise<Map<string, bigint | null>> {
  const { rows } = await session.run(numbersText, [codeColumn(cards, (card) => card.numberDigest)]);
  return new Map(rows as [string, bigint | null][]);
}

const heldText: Statement = {
  name: 'cards-held-products',
  text: `select h.person_id, h.product, h.issue_file_id from unnest($1::bigint[]) k(id)
    cross join lateral (select * from cards.held_products where person_id = k.id offset 0) h`,
};

async function findHeld(
  session: Session,
  persons: ReadonlyMap<string, bigint>,
): Promise<Map<string, bigint | null>> {
  const digests = new Map([...persons].map(([digest, id]) => [id, digest]));
  const { rows } = await session.run(heldText, [numberColumn([...digests.keys()], (id) => id)]);
  return new Map(
    (rows as [bigint, string, bigint | null][]).map(([personId, product, fileId]) => [
      heldKey({ idNumberDigest: digests.get(personId) ?? '', product }),
      fileId,
    ]),
  );
}

const holdText: Statement = {
  name: 'cards-hold-products',
  text: `insert into cards.held_products (person_id, product, card_account_id, issue_file_id)
    select * from unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[])`,
};

async function holdProducts(session: Session, rows: readonly NewCardRow[]): Promise<void> {
  await session.run(holdText, [
    numberColumn(rows, (row) => row.personId),
    codeColumn(rows, (row) => row.product),
    numberColumn(rows, (row) => row.cardAccountId),
    numberColumn(rows, (row) => row.issueFileId),
  ]);
}
