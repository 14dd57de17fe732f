import { numberColumn, textColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { Event } from '#webhooks/rules/event.ts';
import type { LaneWindow, UnreadGroup } from '#webhooks/rules/take-groups.ts';
import { isListeningSql } from './listening.ts';

/** Endpoints in all that are told of anything: each round reads them. */
export const endpointsMax = 5_000;

/** Where each lane of the books stands, by lane, and the last day that was closed. */
export interface HeadVectors {
  /** PostgreSQL array literals, so that a row is written as it was read. */
  readonly sequences: string;
  readonly nextIds: string;
  readonly closedThrough: string;
}

// Lanes are numbered from 0, arrays from 1; a lane that never cleared stands at 0.
const headsText: Statement = {
  name: 'webhooks-heads',
  text: `select coalesce(array_agg(coalesce(g.sequence, 0) order by n.lane), '{}')::text,
      coalesce(array_agg(coalesce(g.next_id, 0) order by n.lane), '{}')::text,
      (select coalesce(max(business_date) filter (where closed_at is not null), min(business_date) - 1)
        from ledger.business_days)
    from generate_series(0, (select max(lane) from ledger.lanes)) n(lane)
    left join ledger.lanes l on l.lane = n.lane
    left join lateral (
      select sequence, first_id + outcome_count as next_id from ledger.groups
      where bucket = l.bucket and lane = l.lane order by sequence desc limit 1) g on true`,
};

export async function readHeads(session: Session): Promise<HeadVectors> {
  const [sequences, nextIds, closedThrough] = (await session.run(headsText)).rows[0] as [
    string,
    string,
    string,
  ];
  return { sequences, nextIds, closedThrough };
}

const tryFeed: Statement = { name: 'webhooks-try-feed', text: 'select pg_try_advisory_xact_lock(4702, 0)' };

/** Whether nobody else feeds now; nobody else will until the transaction ends. */
export async function tryFeedLock(session: Session): Promise<boolean> {
  return (await session.run(tryFeed)).rows[0]?.[0] === true;
}

const lockText: Statement = { name: 'webhooks-lock-feed', text: 'select pg_advisory_xact_lock(4702, 0)' };

/** Waits until nobody feeds. Who begins to listen must, or what is fed meanwhile would pass it by. */
export async function lockFeed(session: Session): Promise<void> {
  await session.run(lockText);
}

const listenersText: Statement = {
  name: 'webhooks-listeners',
  text: `select e.id, e.participant_id, e.from_ids::text, e.closed_through
    from webhooks.endpoints e where ${isListeningSql} order by e.id limit ${endpointsMax}`,
};

/** An endpoint that is told of what is committed after it began to listen. */
export interface Listener {
  readonly id: bigint;
  readonly participantId: number;
  /** The first id of each lane that it is told of. */
  readonly fromIds: readonly bigint[];
  readonly closedThrough: string;
}

export async function readListeners(session: Session): Promise<Listener[]> {
  const { rows } = await session.run(listenersText);
  return rows.map((row) => ({
    id: row[0] as bigint,
    participantId: row[1] as number,
    fromIds: bigintsOf(row[2] as string),
    closedThrough: row[3] as string,
  }));
}

const isListeningText: Statement = {
  name: 'webhooks-is-listening',
  text: `select ${isListeningSql} from webhooks.endpoints e where e.id = $1`,
};

/** Whether the endpoint is told of what happens: while it is active, and for a while after it was disabled. */
export async function isListening(session: Session, endpointId: bigint): Promise<boolean> {
  return (await session.run(isListeningText, [endpointId])).rows[0]?.[0] === true;
}

function bigintsOf(literal: string): bigint[] {
  const inside = literal.slice(1, -1);
  return inside === '' ? [] : inside.split(',').map(BigInt);
}

// Where nobody listened before, what was committed meanwhile is nobody's: reading begins where the first one did.
const unreadText: Statement = {
  name: 'webhooks-unread-groups',
  text: `with began as (
      select l.lane, l.bucket, greatest(coalesce(w.sequence, 0), f.sequence) as sequence
      from ledger.lanes l
      left join webhooks.lanes w on w.lane = l.lane
      cross join lateral (
        select min(coalesce(e.from_sequences[l.lane + 1], 0)) as sequence from webhooks.endpoints e
        where ${isListeningSql}) f)
    select g.lane, g.sequence, g.first_id, g.outcome_count, g.business_date
    from began b
    cross join lateral (
      select * from ledger.groups where bucket = b.bucket and lane = b.lane and sequence > b.sequence
      order by sequence limit $1) g`,
};

/** The next groups of each lane that were not read yet, so many of a lane at the most. */
export async function readUnread(session: Session, perLaneMax: number): Promise<UnreadGroup[]> {
  const { rows } = await session.run(unreadText, [perLaneMax]);
  return rows.map((row) => ({
    lane: row[0] as number,
    sequence: row[1] as bigint,
    firstId: row[2] as bigint,
    outcomeCount: row[3] as number,
    businessDate: row[4] as string,
  }));
}

const advanceText: Statement = {
  name: 'webhooks-advance',
  text: `insert into webhooks.lanes (lane, sequence, next_id)
    select * from unnest($1::smallint[], $2::bigint[], $3::bigint[])
    on conflict (lane) do update set sequence = excluded.sequence, next_id = excluded.next_id
    where lanes.sequence < excluded.sequence`,
};

/** Notes that these windows were read. False where somebody else was there before: then nothing may be written. */
export async function advanceLanes(session: Session, windows: readonly LaneWindow[]): Promise<boolean> {
  const { rowCount } = await session.run(advanceText, [
    numberColumn(windows, (window) => window.lane),
    numberColumn(windows, (window) => window.sequence),
    numberColumn(windows, (window) => window.toId),
  ]);
  return rowCount === windows.length;
}

const insertText: Statement = {
  name: 'webhooks-insert-messages',
  text: `insert into webhooks.messages (endpoint_id, source, source_id, type, payload)
    select * from unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::text[]) returning id`,
};

/** An event for one endpoint. */
export interface NewMessage {
  readonly endpointId: bigint;
  readonly event: Event;
}

/** Writes messages; one that is there already makes the whole statement fail, and with it what was read. */
export async function insertMessages(session: Session, messages: readonly NewMessage[]): Promise<bigint[]> {
  if (messages.length === 0) return [];
  const { rows } = await session.run(insertText, [
    numberColumn(messages, (message) => message.endpointId),
    textColumn(messages, (message) => message.event.source),
    numberColumn(messages, (message) => message.event.sourceId),
    textColumn(messages, (message) => message.event.type),
    textColumn(messages, (message) => message.event.payload),
  ]);
  return rows.map((row) => row[0] as bigint);
}

// A day is told once everything of it was: its lanes were read up to where they stood at its cut-off.
const daysText: Statement = {
  name: 'webhooks-sealed-days',
  text: `select s.business_date, encode(s.hash, 'hex'), (extract(epoch from d.closed_at) * 1000)::bigint
    from settlement.seals s join ledger.business_days d on d.business_date = s.business_date
    where s.business_date > $1
      and not exists (
        select from ledger.day_seals c
        cross join lateral (
          select greatest(coalesce(max(w.sequence), 0), coalesce((
            select min(coalesce(e.from_sequences[c.lane + 1], 0)) from webhooks.endpoints e where ${isListeningSql}), 0)) as read
          from webhooks.lanes w where w.lane = c.lane) r
        where c.business_date = s.business_date and c.sequence > r.read)
    order by s.business_date limit $2`,
};

export interface SealedDay {
  readonly businessDate: string;
  readonly sealHex: string;
  readonly closedAtMs: number;
}

/** The days after this one that are closed, sealed and read to their end, so many at the most. */
export async function readSealedDays(session: Session, after: string, limit: number): Promise<SealedDay[]> {
  const { rows } = await session.run(daysText, [after, limit]);
  return rows.map((row) => ({
    businessDate: row[0] as string,
    sealHex: row[1] as string,
    closedAtMs: Number(row[2]),
  }));
}

const toldText: Statement = {
  name: 'webhooks-told-days',
  text: `update webhooks.endpoints set closed_through = $2 where id = any($1::bigint[]) and closed_through < $2`,
};

export async function noteDayTold(
  session: Session,
  endpointIds: readonly bigint[],
  businessDate: string,
): Promise<void> {
  await session.run(toldText, [numberColumn(endpointIds, (id) => id), businessDate]);
}
