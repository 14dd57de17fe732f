import type { CardStatus } from '#cards/rules/status.ts';
import type { Identity } from '#cards/store.ts';
import type { Session, Statement } from '#platform/postgres.ts';

/** A person and one of the products. */
export interface PersonProduct {
  readonly personId: bigint;
  readonly product: string;
}

export interface HeldCard {
  readonly cardId: bigint;
  readonly cardAccountId: bigint;
  readonly expiresOn: string;
}

const heldCard: Statement = {
  name: 'cards-held-card',
  text: `select c.id, c.card_account_id, c.expires_on from cards.held_products h
    join cards.cards c on c.card_account_id = h.card_account_id
    where h.person_id = $1 and h.product = $2 and c.number_digest = decode($3, 'hex')`,
};

/** The card of this number, if it belongs to what the person has of the product. */
export async function findHeldCard(
  session: Session,
  asked: PersonProduct & { readonly numberDigest: string },
): Promise<HeldCard | null> {
  const { rows } = await session.run(heldCard, [asked.personId, asked.product, asked.numberDigest]);
  const [row] = rows;
  if (row === undefined) return null;
  const [cardId, cardAccountId, expiresOn] = row;
  return { cardId, cardAccountId, expiresOn } as HeldCard;
}

const has: Statement = {
  name: 'cards-has-product',
  text: 'select from cards.held_products where person_id = $1 and product = $2',
};

export async function hasProduct(session: Session, asked: PersonProduct): Promise<boolean> {
  return (await session.run(has, [asked.personId, asked.product])).rows.length > 0;
}

const person: Statement = {
  name: 'cards-insert-person',
  text: `insert into cards.persons (id, id_number_digest, id_number_sealed, name_sealed)
    values (nextval('cards.person_ids'), decode($1, 'hex'), $2, $3) returning id`,
};

/** Adds a person; gives our number of them. */
export async function insertPerson(session: Session, identity: Identity): Promise<bigint> {
  const { idNumberDigest, idNumberSealed, nameSealed } = identity;
  const { rows } = await session.run(person, [idNumberDigest, idNumberSealed, nameSealed]);
  return rows[0]?.[0] as bigint;
}

const openApplication: Statement = {
  name: 'cards-open-application',
  text: `select id from cards.applications
    where person_id = $1 and product = $2 and card_id is null order by id limit 1`,
};

export async function findOpenApplication(session: Session, asked: PersonProduct): Promise<bigint | null> {
  const row = (await session.run(openApplication, [asked.personId, asked.product])).rows[0];
  return row === undefined ? null : (row[0] as bigint);
}

const application: Statement = {
  name: 'cards-insert-application',
  text: 'insert into cards.applications (person_id, product) values ($1, $2) returning id',
};

export async function insertApplication(session: Session, asked: PersonProduct): Promise<bigint> {
  return (await session.run(application, [asked.personId, asked.product])).rows[0]?.[0] as bigint;
}

/** An application, with whose it is still sealed. */
export interface OpenedApplication extends PersonProduct {
  readonly cardId: bigint | null;
  readonly idNumberSealed: Buffer;
  readonly nameSealed: Buffer;
}

const lock: Statement = {
  name: 'cards-lock-application',
  text: `select a.person_id, a.product, a.card_id, p.id_number_sealed, p.name_sealed
    from cards.applications a join cards.persons p on p.id = a.person_id
    where a.id = $1 for update of a`,
};

/** Locks an application; null for one that is not there. */
export async function lockApplication(session: Session, id: bigint): Promise<OpenedApplication | null> {
  const [row] = (await session.run(lock, [id])).rows;
  if (row === undefined) return null;
  const [personId, product, cardId, idNumberSealed, nameSealed] = row;
  return { personId, product, cardId, idNumberSealed, nameSealed } as OpenedApplication;
}

const close: Statement = {
  name: 'cards-close-application',
  text: 'update cards.applications set card_id = $2 where id = $1 and card_id is null',
};

export async function closeApplication(
  session: Session,
  done: { readonly id: bigint; readonly cardId: bigint },
): Promise<void> {
  const { rowCount } = await session.run(close, [done.id, done.cardId]);
  if (rowCount !== 1) throw new Error('a locked application was closed by somebody else');
}

/** A card as staff look it up; person and number are still sealed. */
export interface FoundRow {
  readonly cardId: bigint;
  readonly cardAccountId: bigint;
  readonly bucket: number;
  readonly numberTail: string;
  readonly product: string;
  readonly status: CardStatus;
  readonly expiresOn: string;
  readonly liftsAtMs: number | null;
  readonly idNumberSealed: Buffer | null;
  readonly nameSealed: Buffer | null;
}

const foundColumns = `c.id, c.card_account_id, c.bucket, c.number_tail, c.product, c.status, c.expires_on,
    (extract(epoch from c.lifts_at) * 1000)::bigint, p.id_number_sealed, p.name_sealed
  from cards.cards c
  join cards.card_accounts a on a.bucket = c.bucket and a.id = c.card_account_id
  join cards.persons p on p.id = a.person_id`;

function foundRow(row: readonly unknown[]): FoundRow {
  const [cardId, cardAccountId, bucket, numberTail, product, status, expiresOn, lifts, idNumber, name] = row;
  return {
    ...{ cardId, cardAccountId, bucket, numberTail, product, status, expiresOn },
    ...{ liftsAtMs: lifts === null ? null : Number(lifts), idNumberSealed: idNumber, nameSealed: name },
  } as FoundRow;
}

const byId: Statement = { name: 'cards-find-by-id', text: `select ${foundColumns} where c.id = $1` };
const byNumber: Statement = {
  name: 'cards-find-by-number',
  text: `select ${foundColumns} where c.number_digest = decode($1, 'hex')`,
};
const byPerson: Statement = {
  name: 'cards-find-by-person',
  text: `select ${foundColumns} where p.id_number_digest = decode($1, 'hex') order by c.id desc limit $2`,
};

/** How a card is looked for: by our number, or by the keyed digest (hex) of its number or its holder's. */
export type CardSearch =
  | { readonly cardId: bigint }
  | { readonly numberDigest: string }
  | { readonly idNumberDigest: string };

/** A person's newest cards; older ones than these are history. */
const cardsMax = 50;

export async function findRows(session: Session, search: CardSearch): Promise<FoundRow[]> {
  const found =
    'cardId' in search
      ? await session.run(byId, [search.cardId])
      : 'numberDigest' in search
        ? await session.run(byNumber, [search.numberDigest])
        : await session.run(byPerson, [search.idNumberDigest, cardsMax]);
  return found.rows.map(foundRow);
}

/** One line of a card's history. */
export interface CardEvent {
  readonly at: Date;
  readonly step: string;
  readonly from: CardStatus | null;
  readonly to: CardStatus;
  readonly actorKind: string;
  readonly actorId: bigint;
  readonly reason: string;
}

const eventsMax = 100;
const events: Statement = {
  name: 'cards-read-events',
  text: `select at, step, from_status, to_status, actor_kind, actor_id, reason from cards.events
    where bucket = $1 and card_id = $2 order by id desc limit $3`,
};

/** The newest lines of a card's history, newest first. */
export async function readEvents(
  session: Session,
  card: { readonly bucket: number; readonly cardId: bigint },
): Promise<CardEvent[]> {
  const { rows } = await session.run(events, [card.bucket, card.cardId, eventsMax]);
  return rows.map(
    ([at, step, from, to, actorKind, actorId, reason]) =>
      ({ at, step, from, to, actorKind, actorId, reason }) as CardEvent,
  );
}
