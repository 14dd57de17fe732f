import { idOfOwnersSql, ofEntriesBetweenSql } from '#ledger/journal-sql.ts';
import { accountOwner, isPurse } from '#ledger/rules/accounts.ts';
import { codeColumn, numberColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { ChainGroup } from '#settlement/rules/group-check.ts';
import type { GroupRows } from '#settlement/rules/group-rows.ts';
import { entryCursor, groupCursor, outcomeCursor, postingCursor } from '#settlement/verify/journal.ts';
import type { Place } from './rules/watermark.ts';

const groupColumns = (row: string) =>
  ['lane', 'sequence', 'first_id', 'outcome_count', 'business_date', 'hash']
    .map((column) => `${row}.${column}`)
    .join(', ');

const bases: Statement = {
  name: 'live-bases',
  text: `select l.lane, s.sequence, coalesce(g.first_id, 0), coalesce(g.outcome_count, 0),
      coalesce(g.business_date, s.business_date), s.hash
    from ledger.lanes l
    left join ledger.day_seals s on s.lane = l.lane and s.business_date = (
      select max(business_date) from ledger.business_days where business_date < $1::date)
    left join ledger.groups g on g.bucket = l.bucket and g.lane = l.lane and g.sequence = s.sequence`,
};

/** Where each lane's chain stood before a business day, by what its cut-off recorded. */
export async function readBases(session: Session, businessDate: string): Promise<Map<number, Place>> {
  const { rows } = await session.run(bases, [businessDate]);
  return new Map(rows.map((row) => [row[0] as number, row[1] === null ? null : groupCursor.row(row)]));
}

const headsOn: Statement = {
  name: 'live-heads',
  text: `select ${groupColumns('g')}, f.first_id
    from unnest($1::smallint[], $2::bigint[]) k(lane, sequence) join ledger.lanes l using (lane)
    cross join lateral (
      select * from ledger.groups
      where bucket = l.bucket and lane = l.lane and sequence > k.sequence and business_date <= $3::date
      order by sequence desc limit 1) g
    cross join lateral (
      select first_id from ledger.groups
      where bucket = l.bucket and lane = l.lane and sequence > k.sequence order by sequence limit 1) f`,
};

/** The last group of a lane, and where the first one after those that were seen begins. */
export interface NewHead {
  readonly head: ChainGroup;
  readonly firstNewId: bigint;
}

/** The heads of the lanes that have new groups up to this business day; two probes of the index a lane. */
export async function readNewHeads(
  session: Session,
  seen: ReadonlyMap<number, bigint>,
  businessDate: string,
): Promise<NewHead[]> {
  const lanes = [...seen];
  const { rows } = await session.run(headsOn, [
    numberColumn(lanes, ([lane]) => lane),
    numberColumn(lanes, ([, sequence]) => sequence),
    businessDate,
  ]);
  return rows.map((row) => ({ head: groupCursor.row(row), firstNewId: row[6] as bigint }));
}

const groupsAt: Statement = {
  name: 'live-groups-at',
  text: `select ${groupColumns('g')}
    from unnest($1::smallint[], $2::bigint[]) k(lane, sequence) join ledger.lanes l using (lane)
    cross join lateral (
      select * from ledger.groups where bucket = l.bucket and lane = l.lane and sequence = k.sequence offset 0) g`,
};

/** The groups at these places as they stand now, by lane. */
export async function readGroupsAt(
  session: Session,
  places: readonly ChainGroup[],
): Promise<Map<number, ChainGroup>> {
  const { rows } = await session.run(groupsAt, [
    numberColumn(places, (place) => place.lane),
    numberColumn(places, (place) => place.sequence),
  ]);
  return new Map(rows.map((row) => [row[0] as number, groupCursor.row(row)]));
}

const groupsAfter: Statement = {
  name: 'live-groups-after',
  text: `select ${groupColumns('g')}
    from unnest($1::smallint[], $2::bigint[]) k(lane, sequence) join ledger.lanes l using (lane)
    cross join lateral (
      select * from ledger.groups where bucket = l.bucket and lane = l.lane and sequence > k.sequence
      order by sequence limit $3) g
    order by g.first_id, g.lane, g.sequence`,
};

/** The next groups of each lane, so many of each at the most, in the order of their ids. */
export async function readGroupsAfter(
  session: Session,
  places: ReadonlyMap<number, Place>,
  perLane: number,
): Promise<ChainGroup[]> {
  const lanes = [...places];
  const { rows } = await session.run(groupsAfter, [
    numberColumn(lanes, ([lane]) => lane),
    numberColumn(lanes, ([, place]) => place?.sequence ?? 0n),
    perLane,
  ]);
  return rows.map((row) => groupCursor.row(row));
}

const outcomesBetween: Statement = {
  name: 'live-outcomes',
  text: `select o.id, o.bucket, o.caller_key, o.business_key, o.kind, o.sector, o.card_id, o.amount_fen, o.original_id,
      o.local_time, o.refusal, o.detail, o.business_date
    from idempotency.outcomes o where o.id between $1 and $2 order by o.id, o.bucket`,
};
// The days stand in the statement by themselves, so that no other partition is planned or locked.
const postingsBetween: Statement = {
  name: 'live-postings',
  text: `select p.entry_id, p.account_id, p.bucket, p.amount_fen, p.balance_fen, p.business_date
    from ledger.postings p where p.business_date = any ($1::date[])
      and ${ofEntriesBetweenSql('p', '$2::bigint', '$3::bigint')}
    order by p.entry_id, p.account_id, p.bucket`,
};
const entryColumns = `e.id, e.bucket, e.owner_id, e.original_id, e.participant_id, e.terminal_id, e.kind, e.sector, e.business_date,
    e.has_detail`;
// An entry is found by its owner: whom a purse leg names, or the card, or the hold that it is about.
const entriesOf: Statement = {
  name: 'live-entries',
  text: `select ${entryColumns}
    from unnest($1::smallint[], $2::bigint[], $3::date[], $5::bigint[], $6::bigint[], $7::bigint[])
      k(bucket, id, day, owner_id, card_id, original_id)
    cross join lateral (select coalesce(k.owner_id,
      (select card_account_id from cards.cards where id = k.card_id limit 1),
      (select owner_id from ledger.holds where bucket = k.bucket and entry_id = k.original_id limit 1)) as owner_id) c
    cross join lateral (
      select * from ledger.entries o
      where business_date = any ($4::date[]) and bucket = k.bucket and business_date = k.day
        and owner_id = c.owner_id and ${idOfOwnersSql('o')} = k.id offset 0) e`,
};
// The few that nothing names an owner of are found by their ids, which a few pages of a day are looked through for.
const entriesOfNobody: Statement = {
  name: 'live-entries-of-nobody',
  text: `select ${entryColumns}
    from unnest($1::smallint[], $2::bigint[], $3::date[]) k(bucket, id, day)
    cross join lateral (
      select * from ledger.entries
      where business_date = any ($4::date[]) and bucket = k.bucket and business_date = k.day and id = k.id offset 0) e`,
};

/** All rows of the journal with ids in this range, of these days. */
export async function readRowsBetween(
  session: Session,
  { firstId, lastId, days }: { firstId: bigint; lastId: bigint; days: readonly string[] },
): Promise<GroupRows> {
  const dates = codeColumn(days, (day) => day);
  const read = async (statement: Statement, values: readonly unknown[]) =>
    (await session.run(statement, values)).rows;
  const outcomes = (await read(outcomesBetween, [firstId, lastId])).map((row) => outcomeCursor.row(row));
  const postings = (await read(postingsBetween, [dates, firstId, lastId])).map((row) =>
    postingCursor.row(row),
  );
  const entries = await readEntries(session, { outcomes, postings, dates });
  return { outcomes, postings, entries };
}

interface EntriesOf extends Pick<GroupRows, 'outcomes' | 'postings'> {
  readonly dates: string;
}

async function readEntries(
  session: Session,
  { outcomes, postings, dates }: EntriesOf,
): Promise<GroupRows['entries']> {
  const owners = new Map<bigint, bigint>();
  for (const { entryId, accountId } of postings)
    if (isPurse(accountId)) owners.set(entryId, accountOwner(accountId));
  const keys = (of: GroupRows['outcomes']) => [
    numberColumn(of, (outcome) => outcome.bucket),
    numberColumn(of, (outcome) => outcome.id),
    codeColumn(of, (outcome) => outcome.businessDate),
    dates,
  ];
  const { rows } = await session.run(entriesOf, [
    ...keys(outcomes),
    numberColumn(outcomes, (outcome) => owners.get(outcome.id) ?? null),
    numberColumn(outcomes, (outcome) => outcome.cardId),
    numberColumn(outcomes, (outcome) => outcome.originalId),
  ]);
  const entries = rows.map((row) => entryCursor.row(row));
  const found = new Set(entries.map((entry) => entry.id));
  const missing = outcomes.filter((outcome) => outcome.refusal === null && !found.has(outcome.id));
  if (missing.length > 0)
    entries.push(
      ...(await session.run(entriesOfNobody, keys(missing))).rows.map((row) => entryCursor.row(row)),
    );
  return entries.sort((a, b) => (a.id < b.id ? -1 : 1));
}
