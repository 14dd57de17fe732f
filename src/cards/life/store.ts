import { type Actor, reasonLengthMax } from '#audit/rules/event.ts';
import type { HotChange } from '#cards/rules/hot.ts';
import type { HistoryStep } from '#cards/rules/life.ts';
import type { CardStatus, CardTerms } from '#cards/rules/status.ts';
import { codeColumn, numberColumn, textColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import { maskWritten } from '#platform/rules/mask.ts';

/** A card whose row is locked until the transaction ends, at the moment at which it was. */
export interface LockedCard extends CardTerms {
  readonly cardId: bigint;
  readonly cardAccountId: bigint;
  readonly bucket: number;
  readonly product: string;
  readonly numberDigest: string;
  readonly hotMark: string | null;
}

const columns = `id, card_account_id, bucket, status, expires_on, product,
  (extract(epoch from lifts_at) * 1000)::bigint, encode(number_digest, 'hex'), encode(hot_mark, 'hex')`;

function lockedCard(row: readonly unknown[]): LockedCard {
  const [cardId, cardAccountId, bucket, status, expiresOn, product, lifts, numberDigest, hotMark] = row;
  const liftsAtMs = lifts === null ? null : Number(lifts);
  return {
    ...{ cardId, cardAccountId, bucket, status, expiresOn, product, numberDigest, hotMark },
    liftsAtMs,
  } as LockedCard;
}

const lock: Statement = {
  name: 'cards-lock',
  text: `select ${columns} from cards.cards where id = $1 for update`,
};

/** Locks a card; null for one that is not there. */
export async function lockCard(session: Session, cardId: bigint): Promise<LockedCard | null> {
  const row = (await session.run(lock, [cardId])).rows[0];
  return row === undefined ? null : lockedCard(row);
}

// Card accounts whose last card was replaced or closed have none; there is at most one other.
const current: Statement = {
  name: 'cards-current-of-account',
  text: `select id from cards.cards where bucket = $1 and card_account_id = $2
    and status not in ('replaced', 'closed') order by id desc limit 1`,
};

/** The card that a card account has now. */
export async function findCurrentCard(
  session: Session,
  account: { readonly bucket: number; readonly cardAccountId: bigint },
): Promise<bigint | null> {
  const row = (await session.run(current, [account.bucket, account.cardAccountId])).rows[0];
  return row === undefined ? null : (row[0] as bigint);
}

const dueLifts: Statement = {
  name: 'cards-due-lifts',
  text: `select ${columns} from cards.cards
    where status = 'temporarily-lost' and lifts_at <= clock_timestamp()
    order by lifts_at limit $1 for update skip locked`,
};

/** Locks cards whose temporary loss is over; those that somebody else has locked are left to them. */
export async function lockDueLifts(session: Session, max: number): Promise<LockedCard[]> {
  return (await session.run(dueLifts, [max])).rows.map(lockedCard);
}

const dueExpiries: Statement = {
  name: 'cards-due-expiries',
  text: `select ${columns} from cards.cards
    where status in ('active', 'not-active') and expires_on < $1::date
    order by expires_on limit $2 for update skip locked`,
};

/** Locks cards whose last day is over. */
export async function lockDueExpiries(session: Session, today: string, max: number): Promise<LockedCard[]> {
  return (await session.run(dueExpiries, [today, max])).rows.map(lockedCard);
}

/** A change of status, as it is written. */
export interface StatusChange {
  readonly card: Pick<LockedCard, 'cardId' | 'bucket'>;
  readonly step: HistoryStep;
  readonly from: CardStatus | null;
  readonly to: CardStatus;
  readonly liftsAtMs: number | null;
  readonly actor: Actor;
  readonly reason: string;
}

const update: Statement = {
  name: 'cards-update-status',
  text: `update cards.cards c set status = n.status, lifts_at = to_timestamp(n.lifts_at_ms / 1000.0)
    from unnest($1::smallint[], $2::bigint[], $3::text[], $4::bigint[]) n(bucket, id, status, lifts_at_ms)
    where c.bucket = n.bucket and c.id = n.id`,
};

/** Gives locked cards their new status. */
export async function updateStatuses(session: Session, changes: readonly StatusChange[]): Promise<void> {
  const { rowCount } = await session.run(update, [
    numberColumn(changes, (change) => change.card.bucket),
    numberColumn(changes, (change) => change.card.cardId),
    codeColumn(changes, (change) => change.to),
    numberColumn(changes, (change) => change.liftsAtMs),
  ]);
  if (rowCount !== changes.length) throw new Error('a locked card has no row');
}

const insertEventsText: Statement = {
  name: 'cards-insert-events',
  text: `insert into cards.events (bucket, card_id, step, from_status, to_status, actor_kind, actor_id, reason)
    select * from unnest($1::smallint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[],
      $8::text[])
    returning at`,
};

/** Adds to the histories of cards; gives the times. A reason is kept masked, since people write numbers into it. */
export async function insertEvents(session: Session, changes: readonly StatusChange[]): Promise<Date[]> {
  const { rows } = await session.run(insertEventsText, [
    numberColumn(changes, (change) => change.card.bucket),
    numberColumn(changes, (change) => change.card.cardId),
    codeColumn(changes, (change) => change.step),
    codeColumn(changes, (change) => change.from),
    codeColumn(changes, (change) => change.to),
    codeColumn(changes, (change) => change.actor.kind),
    numberColumn(changes, (change) => change.actor.id),
    textColumn(changes, (change) => maskWritten(change.reason).slice(0, reasonLengthMax)),
  ]);
  return rows.map(([at]) => at as Date);
}

/** A change of the hot list, with the card's mark in hex. */
export interface MarkedChange extends HotChange {
  readonly mark: string;
}

// The trigger numbers them under a lock that is held to the commit: nearly the last thing that is written.
const insertHot: Statement = {
  name: 'cards-insert-hot-changes',
  text: `insert into cards.hot_changes (mark, op, cause)
    select decode(n.mark, 'hex'), n.op, n.cause from unnest($1::text[], $2::text[], $3::text[]) n(mark, op, cause)`,
};

export async function insertHotChanges(session: Session, changes: readonly MarkedChange[]): Promise<void> {
  if (changes.length === 0) return;
  await session.run(insertHot, [
    codeColumn(changes, (change) => change.mark),
    codeColumn(changes, (change) => change.op),
    codeColumn(changes, (change) => change.cause),
  ]);
}

const lastEvent: Statement = {
  name: 'cards-last-event',
  text: `select at from cards.events where bucket = $1 and card_id = $2 and to_status = $3 order by id desc limit 1`,
};

/** Since when a card has had its status; null for one that was issued with it before histories were kept. */
export async function findStatusSince(
  session: Session,
  card: Pick<LockedCard, 'bucket' | 'cardId'>,
  status: CardStatus,
): Promise<Date | null> {
  const row = (await session.run(lastEvent, [card.bucket, card.cardId, status])).rows[0];
  return row === undefined ? null : (row[0] as Date);
}

const release: Statement = {
  name: 'cards-release-product',
  text: `delete from cards.held_products h using cards.card_accounts a
    where a.bucket = $1 and a.id = $2 and h.person_id = a.person_id and h.card_account_id = a.id`,
};

/** A closed card account's person may have another of its product. */
export async function releaseProduct(
  session: Session,
  account: { readonly bucket: number; readonly cardAccountId: bigint },
): Promise<void> {
  await session.run(release, [account.bucket, account.cardAccountId]);
}
