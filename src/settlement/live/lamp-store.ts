import type { Session, Statement } from '#platform/postgres.ts';
import { type AccountDay, accountDayColumns } from './books-store.ts';
import type { CheckResult, LampFinding, QueueAge } from './lamp.ts';
import type { Today } from './rules/start-from.ts';
import { readWatermark, type Watermark, watermarkJson } from './rules/watermark.ts';

const begin: Statement = {
  name: 'live-begin',
  text: `select clock_timestamp()::text, l.look, l.watermark,
      (select max(business_date) from ledger.business_days where closed_at is null),
      (select max(business_date) from ledger.business_days where closed_at is not null)
    from settlement.lamp l`,
};

/** What a look begins with: what the last one left behind, and which day is open. */
export interface Beginning {
  /** The database's clock, as text: what was committed before it will be seen. */
  readonly beganAt: string;
  readonly look: bigint;
  readonly kept: Watermark | null;
  readonly today: Today | null;
}

export async function readBeginning(session: Session): Promise<Beginning> {
  const [row] = (await session.run(begin)).rows;
  if (row === undefined) throw new Error('the row of the lamp is gone');
  const [beganAt, look, kept, open, lastClosed] = row as [
    string,
    bigint,
    unknown,
    string | null,
    string | null,
  ];
  return { beganAt, look, kept: readWatermark(kept), today: open === null ? null : { open, lastClosed } };
}

const countBehind: Statement = {
  name: 'live-behind',
  text: `select coalesce(sum(g.outcome_count), 0)::bigint
    from unnest($1::smallint[], $2::bigint[]) k(lane, sequence) join ledger.lanes l using (lane)
    join ledger.groups g on g.bucket = l.bucket and g.lane = l.lane and g.sequence > k.sequence`,
};

/** The outcomes of all groups after these places. */
export async function countOutcomesAfter(
  session: Session,
  [lanes, sequences]: readonly [lanes: string, sequences: string],
): Promise<bigint> {
  return (await session.run(countBehind, [lanes, sequences])).rows[0]?.[0] as bigint;
}

/** What a look found. */
export interface Found {
  readonly beganAt: string;
  readonly look: bigint;
  readonly businessDate: string;
  readonly driftFen: bigint;
  readonly behind: bigint;
  readonly lookMs: number;
  readonly pauseMs: number;
  readonly checks: readonly CheckResult[];
  readonly findings: readonly LampFinding[];
  readonly queues: readonly QueueAge[];
  readonly watermark: Watermark;
  /** What was summed of postings, added to what was kept, or in its place. */
  readonly counted: readonly AccountDay[];
  readonly replaces: boolean;
}

// By compare and set: of two that looked at once, one writes, and sums nothing twice.
const write: Statement = {
  name: 'live-write',
  text: `update settlement.lamp set look = look + 1, computed_at = $2, business_date = $3, drift_fen = $4, behind = $5,
      look_ms = $6, pause_ms = $7, checks = $8, findings = $9, queues = $10, watermark = $11
    where look = $1`,
};
const forgetAll: Statement = { name: 'live-forget-all', text: 'delete from settlement.watched_totals' };
const forgetDays: Statement = {
  name: 'live-forget-days',
  text: 'delete from settlement.watched_totals where business_date <> all ($1::date[])',
};
const add: Statement = {
  name: 'live-add',
  text: `insert into settlement.watched_totals as t
      (business_date, account_id, debit_fen, credit_fen, debit_count, credit_count)
    select * from unnest($1::date[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
    on conflict (business_date, account_id) do update set debit_fen = t.debit_fen + excluded.debit_fen,
      credit_fen = t.credit_fen + excluded.credit_fen, debit_count = t.debit_count + excluded.debit_count,
      credit_count = t.credit_count + excluded.credit_count`,
};

/** Writes what a look found, in the transaction of whoever calls; whether nobody else had looked meanwhile. */
export async function writeLamp(session: Session, found: Found): Promise<boolean> {
  const written = await session.run(write, [
    found.look,
    found.beganAt,
    found.businessDate,
    found.driftFen,
    found.behind,
    found.lookMs,
    found.pauseMs,
    JSON.stringify(found.checks.map((check) => ({ ...check, amountFen: String(check.amountFen) }))),
    JSON.stringify(found.findings),
    JSON.stringify(found.queues),
    watermarkJson(found.watermark),
  ]);
  if (written.rowCount !== 1) return false;
  if (found.replaces) await session.run(forgetAll);
  await session.run(add, accountDayColumns(found.counted));
  await session.run(forgetDays, [`{${found.watermark.days.join(',')}}`]);
  return true;
}
