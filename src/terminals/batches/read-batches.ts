import { firstIdAt } from '#platform/ids.ts';
import { requirePageLimit } from '#platform/limits/page-limit.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { SettleAnswer } from './rules/judge-settlement.ts';
import { type BatchTotals, batchTotals, type Side } from './rules/totals.ts';
import { type BatchKey, keyText, sumBatches } from './store.ts';

/** A batch as people read it. What was never settled has no totals. */
export interface BatchReport extends BatchKey {
  readonly openedOn: string;
  readonly state: 'open' | 'unbalanced' | 'closed';
  readonly answer: SettleAnswer | null;
  readonly claimed: BatchTotals | null;
  readonly own: BatchTotals | null;
  readonly settledAt: Date | null;
  readonly closedAt: Date | null;
}

export const batchPageMax = 100;

export interface BatchesAsked {
  readonly terminalId: number | null;
  readonly state: string | null;
  readonly answer: string | null;
  /** The last batch of the page before. */
  readonly after: BatchKey | null;
  readonly limit: number;
}

const columns = `b.terminal_id, b.batch_number, b.opened_on, b.state, b.settle_answer,
  b.claimed_debit_fen, b.claimed_debit_count, b.claimed_credit_fen, b.claimed_credit_count,
  b.own_debit_fen, b.own_debit_count, b.own_credit_fen, b.own_credit_count, b.settled_at, b.closed_at`;

const page: Statement = {
  name: 'batches-page',
  text: `select ${columns} from terminals.batches b
    where ($1::int is null or b.terminal_id = $1) and ($2::text is null or b.state = $2)
      and ($3::text is null or b.settle_answer = $3)
      and ($4::int is null or b.terminal_id > $4 or (b.terminal_id = $4 and b.batch_number < $5))
    order by b.terminal_id, b.batch_number desc limit $6`,
};

/** Batches by terminal, each terminal's highest number first. */
export async function readBatches(session: Session, asked: BatchesAsked): Promise<BatchReport[]> {
  const { terminalId, state, answer, after, limit } = asked;
  requirePageLimit(limit, batchPageMax);
  const cursor = [after?.terminalId ?? null, after?.batchNumber ?? null];
  const { rows } = await session.run(page, [terminalId, state, answer, ...cursor, limit]);
  return rows.map(reportOf);
}

const one: Statement = {
  name: 'batches-one',
  text: `select ${columns} from terminals.batches b where b.terminal_id = $1 and b.batch_number = $2`,
};

/** A batch, or null. */
export async function readBatch(session: Session, key: BatchKey): Promise<BatchReport | null> {
  const row = (await session.run(one, [key.terminalId, key.batchNumber])).rows[0];
  return row === undefined ? null : reportOf(row);
}

function reportOf(row: readonly unknown[]): BatchReport {
  return {
    terminalId: row[0] as number,
    batchNumber: row[1] as number,
    openedOn: row[2] as string,
    state: row[3] as BatchReport['state'],
    answer: row[4] as SettleAnswer | null,
    claimed: totalsOf(row.slice(5, 9)),
    own: totalsOf(row.slice(9, 13)),
    settledAt: row[13] as Date | null,
    closedAt: row[14] as Date | null,
  };
}

function totalsOf([debitFen, debitCount, creditFen, creditCount]: readonly unknown[]): BatchTotals | null {
  return debitFen === null ? null : ({ debitFen, debitCount, creditFen, creditCount } as BatchTotals);
}

/** So far ahead of this clock the database's may be. */
const clockMs = 60_000;

/** What the books say of a batch now: other than at its settlement where a payment came late, or was reversed since. */
export async function readTotalsNow(session: Session, key: BatchKey, nowMs: number): Promise<BatchTotals> {
  const sums = await sumBatches(session, [key], firstIdAt(nowMs + clockMs));
  return batchTotals(sums.get(keyText(key)) ?? []);
}

/** A record of an upload that is not as our books have it, or not judged yet. */
export interface Difference {
  readonly traceNumber: number;
  readonly side: Side | null;
  readonly amountFen: bigint | null;
  readonly ownAmountFen: bigint | null;
  readonly cardTail: string | null;
  readonly verdict: string | null;
}

export interface Differences {
  /** How many records the terminal uploaded. */
  readonly records: number;
  /** How many of those are as our books have them. */
  readonly matched: number;
  /** How many our books have that were not uploaded. */
  readonly missingThere: number;
  /** The first of those that did not match, by trace number. */
  readonly differences: readonly Difference[];
}

export const differencesMax = 500;

const counts: Statement = {
  name: 'batches-upload-counts',
  text: `select count(*) filter (where coalesce(verdict, '') <> 'missing-there')::int,
      count(*) filter (where verdict = 'matched')::int, count(*) filter (where verdict = 'missing-there')::int
    from terminals.batch_uploads where terminal_id = $1 and batch_number = $2`,
};
const differing: Statement = {
  name: 'batches-differences',
  text: `select trace_number, side, amount_fen, own_amount_fen, card_tail, verdict from terminals.batch_uploads
    where terminal_id = $1 and batch_number = $2 and (verdict <> 'matched' or verdict is null)
    order by trace_number limit $3`,
};

/** What of a batch's upload is not as our books have it. */
export async function readDifferences(session: Session, key: BatchKey): Promise<Differences> {
  const of = [key.terminalId, key.batchNumber];
  const [counted, found] = await Promise.all([
    session.run(counts, of),
    session.run(differing, [...of, differencesMax]),
  ]);
  const [records, matched, missingThere] = counted.rows[0] as [number, number, number];
  const differences = found.rows.map((row) => ({
    traceNumber: row[0] as number,
    side: row[1] as Side | null,
    amountFen: row[2] as bigint | null,
    ownAmountFen: row[3] as bigint | null,
    cardTail: row[4] as string | null,
    verdict: row[5] as string | null,
  }));
  return { records, matched, missingThere, differences };
}
