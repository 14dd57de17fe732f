import { requirePageLimit } from '#platform/limits/page-limit.ts';
import { type Waiting, waitingOf, waitingSql } from '#platform/limits/waiting.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { Cancellation, PaymentState } from './rules/payment-life.ts';

/** The states that a payment leaves again. */
export const unfinishedStates = [
  'reserved',
  'abandoning',
  'paid',
  'returning',
] as const satisfies PaymentState[];

/** A bill's payment that has not come to its end, as staff see it: whose household it is does not stand in it. */
export interface UnfinishedBill {
  readonly sequence: bigint;
  readonly cardAccountId: bigint;
  readonly utilityId: number;
  readonly amountFen: bigint;
  readonly state: PaymentState;
  readonly cancellation: Cancellation;
  readonly reason: string | null;
  readonly drives: number;
  readonly createdAt: Date;
}

export interface UnfinishedAsked {
  readonly state: string | null;
  readonly utilityId: number | null;
  readonly after: bigint | null;
  readonly limit: number;
}

const unfinishedPageMax = 500;

// The same words as the partial index has, so that it serves.
const states = unfinishedStates.map((state) => `'${state}'`).join(', ');
/** Whether a payment has not come to its end, as PostgreSQL asks it. */
export const isUnfinishedSql = `(state in (${states}) or cancellation = 'due')`;

const page: Statement = {
  name: 'bills-unfinished-page',
  text: `select sequence, card_account_id, utility_id, amount_fen, state, cancellation, reason, drives, created_at
    from bills.payments where ${isUnfinishedSql} and sequence > $1 and ($2::text is null or state = $2)
      and ($3::int is null or utility_id = $3)
    order by sequence limit $4`,
};

/** A page of what has not come to its end, the oldest first. */
export async function listUnfinished(session: Session, asked: UnfinishedAsked): Promise<UnfinishedBill[]> {
  const { state, utilityId, after, limit } = asked;
  requirePageLimit(limit, unfinishedPageMax);
  const { rows } = await session.run(page, [after ?? 0n, state, utilityId, limit]);
  return rows.map((row) => ({
    sequence: row[0] as bigint,
    cardAccountId: row[1] as bigint,
    utilityId: row[2] as number,
    amountFen: row[3] as bigint,
    state: row[4] as PaymentState,
    cancellation: row[5] as Cancellation,
    reason: row[6] as string | null,
    drives: row[7] as number,
    createdAt: row[8] as Date,
  }));
}

const count: Statement = {
  name: 'bills-count-unfinished',
  text: waitingSql(`select created_at from bills.payments where ${isUnfinishedSql}`),
};

/** How many have not come to their end, and since when the first. */
export async function countUnfinished(session: Session): Promise<Waiting> {
  return waitingOf((await session.run(count)).rows);
}
