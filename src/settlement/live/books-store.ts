import { idOfOwnersSql, ofEntriesBetweenSql } from '#ledger/journal-sql.ts';
import { firstPurseId } from '#ledger/rules/accounts.ts';
import { holdStates } from '#ledger/rules/holds.ts';
import { kindCodes } from '#ledger/rules/kinds.ts';
import { codeColumn, numberColumn } from '#platform/columns.ts';
import { idLaneSql } from '#platform/ids.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import { rolledUp, type SumsByKind } from './rules/drift.ts';
import type { HoldPlace } from './rules/watermark.ts';

const isOpen = `state = ${holdStates.open}`;
/** A posting's account in the day totals: all purses of a kind are one. */
const totalAccount = `case when account_id >= ${firstPurseId} then account_id & 15 else account_id end`;

// The one statement that goes over every purse: balances and what is held come from the same scan.
const purses: Statement = {
  name: 'live-purses',
  text: `select code, sum(balance_fen)::bigint, sum(held_fen)::bigint from ledger.accounts
    where balance_fen is not null group by code`,
};

export interface PurseSums {
  readonly balances: SumsByKind;
  readonly heldFen: bigint;
}

export async function sumPurses(session: Session): Promise<PurseSums> {
  const rows = (await session.run(purses)).rows as [number, bigint, bigint][];
  return {
    balances: new Map(rows.map(([code, balanceFen]) => [code, balanceFen])),
    heldFen: rows.reduce((total, row) => total + row[2], 0n),
  };
}

// A bucket leads the key of the totals: each bucket that has a lane is one probe of the index.
const totalsAfter: Statement = {
  name: 'live-totals-after',
  text: `select d.business_date, d.closed_at is not null, least(t.account_id, ${rolledUp})::int,
      sum(t.credit_fen - t.debit_fen)::bigint
    from ledger.business_days d
    cross join (select distinct bucket from ledger.lanes) l
    cross join lateral (
      select account_id, credit_fen, debit_fen from ledger.day_totals
      where bucket = l.bucket and business_date = d.business_date offset 0) t
    where $1::date is null or d.business_date > $1
    group by 1, 2, 3`,
};

export interface DaySum {
  readonly businessDate: string;
  readonly closed: boolean;
  readonly kind: number;
  readonly fen: bigint;
}

/** What the totals of each day after this one add up to, by kind of account; of all days where it is null. */
export async function sumTotalsAfter(session: Session, day: string | null): Promise<DaySum[]> {
  const { rows } = await session.run(totalsAfter, [day]);
  return rows.map(([businessDate, closed, kind, fen]) => ({ businessDate, closed, kind, fen }) as DaySum);
}

// Purses with open holds, each held against its account; what other purses hold is the rest of the sum.
const holds: Statement = {
  name: 'live-holds',
  text: `select count(*) filter (where a.held_fen is distinct from h.fen),
      coalesce(sum(abs(h.fen - coalesce(a.held_fen, 0))), 0)::bigint, coalesce(sum(a.held_fen), 0)::bigint,
      min(format('bucket %s, id %s', h.bucket, h.account_id)) filter (where a.held_fen is distinct from h.fen)
    from (select bucket, account_id, sum(amount_fen - captured_fen - freed_fen) as fen
      from ledger.holds where ${isOpen} group by bucket, account_id) h
    left join lateral (
      select held_fen from ledger.accounts where bucket = h.bucket and id = h.account_id offset 0) a on true`,
};

export interface HoldSums {
  /** Purses that hold something else than their open holds. */
  readonly wrong: number;
  readonly amountFen: bigint;
  /** What the purses hold that have open holds. */
  readonly heldFen: bigint;
  readonly first: string | null;
}

export async function compareHolds(session: Session): Promise<HoldSums> {
  const [row] = (await session.run(holds)).rows as [bigint, bigint, bigint, string | null][];
  if (row === undefined) throw new Error('a sum without groups is one row');
  return { wrong: Number(row[0]), amountFen: row[1], heldFen: row[2], first: row[3] };
}

// An authorisation is open by the journal as long as no void, reversal or last capture of it stands: one that was
// reversed itself ends nothing. An outcome has the business date of its id, and no follower has an earlier one.
const ends = `
  select from ledger.entries e
  where e.bucket = h.bucket and e.owner_id = h.owner_id and ${idOfOwnersSql('e')} > h.entry_id and e.original_id = h.entry_id
    and e.business_date >= $5::date and e.business_date >= o.business_date
    and (e.kind in (${kindCodes.void}, ${kindCodes.reversal})
      or e.kind = ${kindCodes.capture} and exists (
        select from idempotency.outcomes f
        where f.bucket = e.bucket and f.id = e.id and f.detail ~ '(^|;)final=1(;|$)'))
    and not exists (
      select from ledger.entries r
      where r.bucket = e.bucket and r.owner_id = e.owner_id and ${idOfOwnersSql('r')} > e.id and r.original_id = e.id
        and r.business_date >= $5::date and r.business_date >= e.business_date and r.kind = ${kindCodes.reversal})`;
const holdsAfter = `
      select * from ledger.holds
      where ${isOpen} and (bucket, account_id, entry_id) > ($1::smallint, $2::bigint, $3::bigint)
      order by bucket, account_id, entry_id limit $4`;
// The first day of their authorisations: no partition before it is planned or locked.
const firstDayOfHolds: Statement = {
  name: 'live-first-day-of-holds',
  text: `select min(o.business_date) from (${holdsAfter}) h
    cross join lateral (
      select business_date from idempotency.outcomes where bucket = h.bucket and id = h.entry_id offset 0) o`,
};
const openHolds: Statement = {
  name: 'live-open-holds',
  text: `select h.bucket, h.account_id, h.entry_id, h.amount_fen - h.captured_fen - h.freed_fen,
      o.id is null or o.kind <> ${kindCodes.authorise} or o.refusal is not null
        or h.captured_fen + h.freed_fen >= h.amount_fen or exists (${ends})
    from (${holdsAfter}) h
    left join lateral (
      select id, kind, refusal, business_date from idempotency.outcomes
      where bucket = h.bucket and id = h.entry_id offset 0) o on true
    order by 1, 2, 3`,
};

export interface OpenHold extends HoldPlace {
  readonly remainingFen: bigint;
  /** Whether the journal has no open authorisation for it. */
  readonly isWrong: boolean;
}

/** The next open holds after this place, each with whether its authorisation is open by the journal. */
export async function readOpenHolds(
  session: Session,
  after: HoldPlace | null,
  limit: number,
): Promise<OpenHold[]> {
  const { bucket, accountId, entryId } = after ?? { bucket: -1, accountId: 0n, entryId: 0n };
  const page = [bucket, accountId, entryId, limit];
  const [first = []] = (await session.run(firstDayOfHolds, page)).rows;
  const { rows } = await session.run(openHolds, [...page, ...first]);
  return rows.map(
    ([bucket, accountId, entryId, remainingFen, isWrong]) =>
      ({ bucket, accountId, entryId, remainingFen, isWrong }) as OpenHold,
  );
}

/** Which ids of a lane are summed: of the groups after the last that was. */
export interface IdRange {
  readonly lane: number;
  readonly firstId: bigint;
  readonly lastId: bigint;
}

/** What postings did to an account on a day, or to all purses of a kind. */
export interface AccountDay {
  readonly businessDate: string;
  readonly accountId: bigint;
  readonly debitFen: bigint;
  readonly creditFen: bigint;
  readonly debitCount: bigint;
  readonly creditCount: bigint;
}

// The days stand in the statement by themselves, so that no other partition is planned or locked; in a partition
// four ids are a key. Nothing but what is new is read.
const newPostings: Statement = {
  name: 'live-new-postings',
  text: `select p.business_date, ${totalAccount}, coalesce(-sum(amount_fen) filter (where amount_fen < 0), 0)::bigint,
      coalesce(sum(amount_fen) filter (where amount_fen > 0), 0)::bigint,
      count(*) filter (where amount_fen < 0), count(*) filter (where amount_fen > 0)
    from (
      select entry_id, account_id, amount_fen, business_date from ledger.postings t
      where business_date = any ($1::date[]) and ${ofEntriesBetweenSql('t', '$2::bigint', '$3::bigint')}) p
    join unnest($4::int[], $5::bigint[], $6::bigint[]) r(lane, first_id, last_id)
      on r.lane = ${idLaneSql('p.entry_id')} and p.entry_id between r.first_id and r.last_id
    group by 1, 2`,
};

/** Sums the postings of these ids to these days, by account. */
export async function sumPostings(
  session: Session,
  days: readonly string[],
  ranges: readonly IdRange[],
): Promise<AccountDay[]> {
  const [first] = ranges;
  if (first === undefined) return [];
  const firstId = ranges.reduce(
    (least, range) => (range.firstId < least ? range.firstId : least),
    first.firstId,
  );
  const lastId = ranges.reduce((most, range) => (range.lastId > most ? range.lastId : most), first.lastId);
  const { rows } = await session.run(newPostings, [
    codeColumn(days, (day) => day),
    firstId,
    lastId,
    numberColumn(ranges, (range) => range.lane),
    numberColumn(ranges, (range) => range.firstId),
    numberColumn(ranges, (range) => range.lastId),
  ]);
  return rows.map(
    ([businessDate, accountId, debitFen, creditFen, debitCount, creditCount]) =>
      ({ businessDate, accountId, debitFen, creditFen, debitCount, creditCount }) as AccountDay,
  );
}

export function accountDayColumns(rows: readonly AccountDay[]): string[] {
  return [
    codeColumn(rows, (row) => row.businessDate),
    numberColumn(rows, (row) => row.accountId),
    numberColumn(rows, (row) => row.debitFen),
    numberColumn(rows, (row) => row.creditFen),
    numberColumn(rows, (row) => row.debitCount),
    numberColumn(rows, (row) => row.creditCount),
  ];
}

const columns = 'business_date, account_id, debit_fen, credit_fen, debit_count, credit_count';
const sums = 'sum(debit_fen) as dr, sum(credit_fen) as cr, sum(debit_count) as drs, sum(credit_count) as crs';
const said = (row: string) =>
  `format('debit %s in %s, credit %s in %s', coalesce(${row}.dr, 0), coalesce(${row}.drs, 0), coalesce(${row}.cr, 0), coalesce(${row}.crs, 0))`;
const findingsMax = 4;
// What was summed before and now, beside the totals that the groups raised. All that is off is counted and added up here,
// and only the first few come over: a bad night may have a row for every account and day.
const totalsOff: Statement = {
  name: 'live-totals-off',
  text: `with counted as (
      select business_date, account_id, ${sums} from (
        select ${columns} from settlement.watched_totals where $2 and business_date = any ($1::date[])
        union all
        select * from unnest($3::date[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])) c
      group by 1, 2),
    raised as (
      select business_date, account_id, ${sums}
      from unnest($1::date[]) d(day) cross join (select distinct bucket from ledger.lanes) l
      cross join lateral (
        select ${columns} from ledger.day_totals
        where bucket = l.bucket and business_date = d.day offset 0) t
      group by 1, 2)
    select format('day %s, account %s', business_date, account_id), ${said('c')}, ${said('r')},
      count(*) over ()::int, sum(off_fen) over ()::bigint
    from counted c full join raised r using (business_date, account_id)
    cross join lateral (select greatest(
      abs(coalesce(c.dr, 0) - coalesce(r.dr, 0)), abs(coalesce(c.cr, 0) - coalesce(r.cr, 0))) as off_fen) f
    where (c.dr, c.cr, c.drs, c.crs) is distinct from (r.dr, r.cr, r.drs, r.crs)
    order by business_date, account_id
    limit ${findingsMax}`,
};

export interface TotalsOff {
  readonly wrong: number;
  readonly amountFen: bigint;
  readonly first: readonly { readonly key: string; readonly expected: string; readonly found: string }[];
}

/** Holds the day totals against what the postings add up to: these, and what was kept of earlier looks if asked. */
export async function compareTotals(
  session: Session,
  { days, counted, withKept }: { days: readonly string[]; counted: readonly AccountDay[]; withKept: boolean },
): Promise<TotalsOff> {
  const { rows } = await session.run(totalsOff, [
    codeColumn(days, (day) => day),
    withKept,
    ...accountDayColumns(counted),
  ]);
  const first = rows as [string, string, string, number, bigint][];
  return {
    wrong: first[0]?.[3] ?? 0,
    amountFen: first[0]?.[4] ?? 0n,
    first: first.map(([key, expected, found]) => ({ key, expected, found })),
  };
}
