import type { Session, Statement } from '#platform/postgres.ts';
import type { Finding } from '#settlement/rules/group-rows.ts';
import { lampState, looksUntilStale } from './rules/lamp-state.ts';

/** What a look compares: each of these is right, or so many rows are wrong by so much. */
export const checkNames = ['drift', 'holds', 'day-totals', 'chain-head'] as const;
export type CheckName = (typeof checkNames)[number];

export interface CheckResult {
  readonly name: CheckName;
  /** Rows, or kinds of accounts, that are not what they must be. */
  readonly wrong: number;
  /** By how many fen together, without signs; 0 where the amount does not show. */
  readonly amountFen: bigint;
}

/** A row that a look found wrong. */
export interface LampFinding extends Omit<Finding, 'coarse'> {
  readonly check: CheckName;
}

/** What waits for somebody or something, and for how long the first of it does. */
export interface QueueAge {
  readonly name: string;
  readonly waiting: number;
  readonly oldestSeconds: number;
}

/** What the last look at the running books found. */
export interface BooksLamp {
  /** When the look began, by the database's clock. */
  readonly computedAtMs: number;
  /** How long ago that was when this was read. */
  readonly ageMs: number;
  readonly lookMs: number;
  /** From this age on it is stale, if it was green. */
  readonly staleAfterMs: number;
  readonly businessDate: string;
  readonly driftFen: bigint;
  /** Red stays red until a look finds the books right; green turns stale when no look comes. */
  readonly state: 'green' | 'red' | 'stale';
  readonly checks: readonly CheckResult[];
  /** The first few rows that are wrong. */
  readonly findings: readonly LampFinding[];
  readonly queues: readonly QueueAge[];
  /** Decided requests whose group was not recomputed yet: a busy day is caught up with later. */
  readonly behind: number;
}

const read: Statement = {
  name: 'settlement-lamp',
  text: `select (extract(epoch from computed_at) * 1000)::bigint,
      (extract(epoch from clock_timestamp() - computed_at) * 1000)::bigint, look_ms, pause_ms, business_date, drift_fen,
      checks, findings, queues, behind
    from settlement.lamp where computed_at is not null`,
};

/** The lamp as every instance shows it; null before the first look. */
export async function readLamp(session: Session): Promise<BooksLamp | null> {
  const [row] = (await session.run(read)).rows;
  if (row === undefined) return null;
  const checks = (row[6] as { name: CheckName; wrong: number; amountFen: string }[]).map((check) => ({
    ...check,
    amountFen: BigInt(check.amountFen),
  }));
  const [ageMs, lookMs, pauseMs] = row.slice(1, 4).map(Number) as [number, number, number];
  const driftFen = row[5] as bigint;
  return {
    computedAtMs: Number(row[0]),
    ageMs,
    lookMs,
    staleAfterMs: looksUntilStale * pauseMs,
    businessDate: row[4] as string,
    driftFen,
    state: lampState({ checks, driftFen, ageMs, pauseMs }),
    checks,
    findings: row[7] as LampFinding[],
    queues: row[8] as QueueAge[],
    behind: Number(row[9]),
  };
}
