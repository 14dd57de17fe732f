import type { Hold } from '#ledger/rules/holds.ts';
import { kindCodes } from '#ledger/rules/kinds.ts';
import type { OriginalLeg } from '#ledger/rules/returns.ts';
import { holdColumns, readHold } from '#ledger/store.ts';
import { numberColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { Leg } from './outcome.ts';
import type { KnownOutcome, OriginalEntry } from './rules/state.ts';

// The day of such an outcome has left the books for a file.
const isArchived = (outcome: string) =>
  `exists (select from ledger.archived_days a where a.business_date = ${outcome}.business_date)`;
const followers = [kindCodes.capture, kindCodes.void].join(', ');
// What a capture or void followed has: other captures of it may be in the file, and what its holds are to be is unknown.
const hasArchived = (
  outcome: string,
) => `${isArchived(outcome)} or (${outcome}.kind in (${followers}) and exists (
    select from idempotency.outcomes f join ledger.archived_days a on a.business_date = f.business_date
    where f.bucket = ${outcome}.bucket and f.id = ${outcome}.original_id))`;

// The legs of an entry are one text, so that a found entry costs one row: "account:amount:balance:returned,…". They
// are asked for all at once, because each day they are of is a partition that is planned for by itself.
const withLegs = (found: string, columns: string, archived = isArchived) => `
  with found as materialized (select row_number() over () as place, f.* from (${found}) f),
  legs as materialized (
    select ledger.legs_of(array_agg(business_date order by place), array_agg(bucket order by place),
      array_agg(id order by place)) as of_all from found)
  select ${columns}, (select of_all[found.place] from legs), ${archived('found')} from found`;

// Found without the bucket: a key that was used with another card must be found too. Two arms, each on its
// own index; an "or" would be planned as a scan.
const knownBy = (column: string, parameter: string) => `
  select o.* from unnest(${parameter}::uuid[]) k(key)
  cross join lateral (select * from idempotency.outcomes where ${column} = k.key offset 0) o`;
const findKnown: Statement = {
  name: 'clearing-known',
  text: withLegs(
    `${knownBy('caller_key', '$1')} union all ${knownBy('business_key', '$2')}`,
    `bucket, id, caller_key, business_key, kind, sector, card_id, amount_fen, original_id, local_time, refusal,
      detail, business_date, ${isArchived('found')}`,
    hasArchived,
  ),
};

/** The keys of a group, under which outcomes may be known. */
export interface Keys {
  readonly callerKeys: readonly string[];
  readonly businessKeys: readonly string[];
}

/** Every outcome kept under one of these keys (an outcome known by both of its keys comes twice). */
export async function findOutcomes(session: Session, keys: Keys): Promise<KnownOutcome[]> {
  const { rows } = await session.run(findKnown, [
    `{${keys.callerKeys.join(',')}}`,
    `{${keys.businessKeys.join(',')}}`,
  ]);
  return rows.map((row) => ({
    bucket: row[0] as number,
    id: row[1] as bigint,
    callerKey: row[2] as string | null,
    businessKey: row[3] as string,
    kind: row[4] as number,
    sector: row[5] as number,
    cardId: row[6] as bigint,
    amountFen: row[7] as bigint | null,
    originalId: row[8] as bigint | null,
    localTime: row[9] as string,
    refusal: row[10] as string | null,
    detail: row[11] as string | null,
    businessDate: row[12] as string,
    isDayArchived: row[13] as boolean,
    legs: readLegs(row[14]),
    archived: row[15] as boolean,
  }));
}

const findEntries: Statement = {
  name: 'clearing-originals',
  text: withLegs(
    `select o.id, k.owner_id, o.kind, o.sector, coalesce(e.participant_id, 0) as participant_id, o.business_date,
      o.bucket, o.detail
    from unnest($1::smallint[], $2::bigint[], $3::bigint[]) k(bucket, owner_id, id)
    cross join lateral (
      select * from idempotency.outcomes where bucket = k.bucket and id = k.id and refusal is null offset 0) o
    left join ledger.entries_of($1::smallint[], $2::bigint[], $3::bigint[]) e
      on e.bucket = k.bucket and e.owner_id = k.owner_id and e.id = k.id
    where e.id is not null or ${isArchived('o')}`,
    'id, owner_id, kind, sector, participant_id, business_date, detail',
  ),
};

export interface EntryRef {
  readonly bucket: number;
  readonly ownerId: bigint;
  readonly id: bigint;
}

/** The entries that captures, voids and refunds speak of, by id. */
export async function findOriginals(
  session: Session,
  refs: readonly EntryRef[],
): Promise<Map<bigint, OriginalEntry>> {
  const { rows } = await session.run(findEntries, [
    numberColumn(refs, (ref) => ref.bucket),
    numberColumn(refs, (ref) => ref.ownerId),
    numberColumn(refs, (ref) => ref.id),
  ]);
  const originals = rows.map((row) => ({
    id: row[0] as bigint,
    ownerId: row[1] as bigint,
    kind: row[2] as number,
    sector: row[3] as number,
    participantId: row[4] as number,
    businessDate: row[5] as string,
    detail: row[6] as string | null,
    legs: readLegs(row[7]),
    archived: row[8] as boolean,
  }));
  return new Map(originals.map((original) => [original.id, original]));
}

const followedHolds: Statement = {
  name: 'clearing-followed-holds',
  text: `select ${holdColumns}
    from (
      select o.bucket, o.original_id as id from unnest($1::uuid[]) k(key)
      cross join lateral (
        select bucket, original_id from idempotency.outcomes
        where business_key = k.key and original_id is not null and refusal is null offset 0) o
      union select * from unnest($2::smallint[], $3::bigint[])) f
    cross join lateral (
      select * from ledger.holds where bucket = f.bucket and entry_id = f.id offset 0) h
    order by h.entry_id, h.account_id`,
};

/**
 * All holds, in whatever state, of the authorisations that the captures and voids under these business keys followed,
 * and of these entries: those that captures and voids follow that are decided only now, with their reversals.
 */
export async function findFollowedHolds(
  session: Session,
  businessKeys: readonly string[],
  entries: readonly EntryRef[],
): Promise<Hold[]> {
  const { rows } = await session.run(followedHolds, [
    `{${businessKeys.join(',')}}`,
    numberColumn(entries, (entry) => entry.bucket),
    numberColumn(entries, (entry) => entry.id),
  ]);
  return rows.map(readHold);
}

function readLegs(text: unknown): (Leg & OriginalLeg)[] {
  if (typeof text !== 'string' || text === '') return [];
  return text.split(',').map((leg) => {
    const [account = '', amount = '', balance = '', returned = ''] = leg.split(':');
    return {
      accountId: BigInt(account),
      amountFen: BigInt(amount),
      balanceFen: balance === '' ? null : BigInt(balance),
      returnedFen: BigInt(returned),
    };
  });
}

const headText: Statement = {
  name: 'clearing-lane-head',
  text: `select g.sequence, g.hash, g.first_id + g.outcome_count from ledger.lanes l
    join ledger.groups g on g.bucket = l.bucket and g.lane = l.lane
    where l.lane = $1 order by g.sequence desc limit 1`,
};

/** Where a lane's chain stands. */
export interface LaneHead {
  readonly sequence: bigint;
  readonly hash: Buffer;
  /** The id after the last that the lane gave. */
  readonly nextId: bigint;
}

/** The head of a lane's chain, or null for a lane that never cleared. */
export async function readLaneHead(session: Session, lane: number): Promise<LaneHead | null> {
  const row = (await session.run(headText, [lane])).rows[0];
  return row === undefined
    ? null
    : { sequence: row[0] as bigint, hash: row[1] as Buffer, nextId: row[2] as bigint };
}

const tryLane: Statement = { name: 'clearing-try-lane', text: 'select pg_try_advisory_lock(46, $1)' };

/** Takes a lane for as long as the connection lives; false when another session has it. */
export async function tryLaneLock(session: Session, lane: number): Promise<boolean> {
  return (await session.run(tryLane, [lane])).rows[0]?.[0] === true;
}
