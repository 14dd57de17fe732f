import {
  type BusinessDay,
  type LaneHeadAtCutOff,
  readDayTotals,
  readHeadsAtCutOff,
} from '#ledger/business-days.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { Finding } from '#settlement/rules/group-rows.ts';
import { genesisSeal } from '#settlement/rules/seal.ts';
import { checkClosedDay } from '#settlement/rules/seal-check.ts';
import { readKeptNets, readSeal } from '#settlement/store.ts';
import type { ChainWalk } from './chain.ts';

export interface SealsOptions {
  readonly days: readonly BusinessDay[];
  readonly heads: ChainWalk['heads'];
  readonly onProgress: (days: number) => void;
}

/** Recomputes what each closed day keeps, first day first, since each seal follows from the one before. */
export async function findWrongSeal(session: Session, options: SealsOptions): Promise<Finding | null> {
  const walked = new Map<number, LaneHeadAtCutOff>();
  let previousSeal: Buffer | null = genesisSeal;
  options.onProgress(0);
  for (const [i, day] of options.days.entries()) {
    for (const head of options.heads.get(day.businessDate)?.values() ?? []) walked.set(head.lane, head);
    if (day.closedAt === null) break;
    const seal = await readSeal(session, day.businessDate);
    const finding = checkClosedDay({
      day,
      previousSeal,
      walked: [...walked.values()],
      totals: await readDayTotals(session, day.businessDate),
      heads: await readHeadsAtCutOff(session, day.businessDate),
      nets: await readKeptNets(session, day.businessDate),
      seal,
    });
    if (finding !== null) return finding;
    previousSeal = seal;
    options.onProgress(i + 1);
  }
  return await findUnclosed(session);
}

const unclosed: Statement = {
  name: 'settlement-rows-of-no-closed-day',
  text: `select r.name, r.business_date
    from (
      select 'ledger.day_seals' as name, business_date from ledger.day_seals
      union all select 'settlement.nets', business_date from settlement.nets
      union all select 'settlement.seals', business_date from settlement.seals) r
    where not exists (
      select from ledger.business_days d where d.business_date = r.business_date and d.closed_at is not null)
    order by r.business_date, r.name limit 1`,
};

const openDays: Statement = {
  name: 'settlement-open-days',
  text: `select count(*) filter (where closed_at is null), max(business_date) filter (where closed_at is null),
      max(business_date)
    from ledger.business_days`,
};

/** Rows that only a closed day has, of a day that is not; and whether the last day is the open one. */
async function findUnclosed(session: Session): Promise<Finding | null> {
  const [row] = (await session.run(unclosed)).rows as [string, string][];
  if (row !== undefined)
    return { table: row[0], key: `day ${row[1]}`, expected: 'a closed day', found: 'none' };
  const [days] = (await session.run(openDays)).rows as [bigint, string | null, string | null][];
  if (days === undefined || (days[0] === 1n && days[1] === days[2])) return null;
  const found = `${days[0]} open, the last of them ${days[1]}`;
  return {
    table: 'ledger.business_days',
    key: `day ${days[2]}`,
    expected: 'the last day, and only it, open',
    found,
  };
}
