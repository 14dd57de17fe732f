import type { Session, Statement } from '#platform/postgres.ts';
import type { DayTotal } from './rules/day-totals.ts';

/** A business day: open until its cut-off, then closed for good. */
export interface BusinessDay {
  readonly businessDate: string;
  readonly openedAt: Date;
  /** Null while the day is open. */
  readonly closedAt: Date | null;
  /** The day after it; null while the day is open. */
  readonly nextDate: string | null;
}

const days: Statement = {
  name: 'ledger-business-days',
  text: `select business_date, opened_at, closed_at, lead(business_date) over (order by business_date)
    from ledger.business_days order by business_date`,
};

/** Every business day of the books, the first one first: one row a day, so years of them are few. */
export async function readBusinessDays(session: Session): Promise<BusinessDay[]> {
  const { rows } = await session.run(days);
  return rows.map(asDay);
}

const day: Statement = {
  name: 'ledger-business-day',
  text: `select business_date, opened_at, closed_at,
      (select min(n.business_date) from ledger.business_days n where n.business_date > d.business_date)
    from ledger.business_days d
    where case when $1::date is null then closed_at is null else business_date = $1::date end`,
};

/** The day of that date, or the open one; null where the books have no such day. */
export async function findBusinessDay(
  session: Session,
  businessDate: string | 'current',
): Promise<BusinessDay | null> {
  const { rows } = await session.run(day, [businessDate === 'current' ? null : businessDate]);
  return rows[0] === undefined ? null : asDay(rows[0]);
}

function asDay(row: readonly unknown[]): BusinessDay {
  const [businessDate, openedAt, closedAt, nextDate] = row;
  return { businessDate, openedAt, closedAt, nextDate } as BusinessDay;
}

/** Where a lane's chain stood at a cut-off. */
export interface LaneHeadAtCutOff {
  readonly lane: number;
  readonly sequence: bigint;
  readonly hash: Buffer;
}

const heads: Statement = {
  name: 'ledger-heads-at-cut-off',
  text: 'select lane, sequence, hash from ledger.day_seals where business_date = $1 order by lane',
};

/** The lane heads that the day's cut-off recorded: every lane that had ever cleared by then. */
export async function readHeadsAtCutOff(session: Session, businessDate: string): Promise<LaneHeadAtCutOff[]> {
  const { rows } = await session.run(heads, [businessDate]);
  return rows.map(([lane, sequence, hash]) => ({ lane, sequence, hash }) as LaneHeadAtCutOff);
}

// A bucket leads the key of the totals, so each bucket that has a lane is one probe of the index.
const totals: Statement = {
  name: 'ledger-day-totals',
  text: `select t.account_id, sum(t.debit_fen)::bigint, sum(t.credit_fen)::bigint, sum(t.debit_count)::bigint,
      sum(t.credit_count)::bigint
    from (select distinct bucket from ledger.lanes) l
    cross join lateral (
      select * from ledger.day_totals where bucket = l.bucket and business_date = $1 offset 0) t
    group by t.account_id order by t.account_id`,
};

/** A day's totals over all lanes, by account; all purses of a kind are one account (`dayTotalAccount`). */
export async function readDayTotals(session: Session, businessDate: string): Promise<DayTotal[]> {
  const { rows } = await session.run(totals, [businessDate]);
  return (rows as [bigint, bigint, bigint, bigint, bigint][]).map((row) => ({
    accountId: row[0],
    debitFen: row[1],
    creditFen: row[2],
    debitCount: Number(row[3]),
    creditCount: Number(row[4]),
  }));
}
