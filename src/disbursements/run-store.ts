import { codeColumn, numberColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { PayableLine } from './rules/line-request.ts';

// Owned by a connection: freed when its process dies, so that another may go on.
const tryRun: Statement = {
  name: 'disbursements-try-run',
  text: 'select pg_try_advisory_lock(4606, $1::int)',
};
const endRun: Statement = {
  name: 'disbursements-end-run',
  text: 'select pg_advisory_unlock(4606, $1::int)',
};

/** Makes this connection the one that pays the batch; false where another is at it. */
export async function takeRun(session: Session, batchId: bigint): Promise<boolean> {
  return (await session.run(tryRun, [batchId])).rows[0]?.[0] as boolean;
}

export async function giveRunBack(session: Session, batchId: bigint): Promise<void> {
  await session.run(endRun, [batchId]);
}

const payable: Statement = {
  name: 'disbursements-payable',
  text: `select line_no, attempt, amount_fen, card_account_id, card_id from disbursements.lines
    where batch_id = $1 and line_no > $2 and state = 'ready' order by line_no limit $3`,
};

/** The next lines of a batch that nobody knows an outcome of, after the cursor. */
export async function readPayable(
  session: Session,
  batchId: bigint,
  page: { readonly after: number; readonly limit: number },
): Promise<PayableLine[]> {
  const { rows } = await session.run(payable, [batchId, page.after, page.limit]);
  return rows.map((row) => ({
    lineNo: row[0] as number,
    attempt: row[1] as number,
    amountFen: row[2] as bigint,
    cardAccountId: row[3] as bigint,
    cardId: row[4] as bigint,
  }));
}

/** What became of a line: paid with an entry on a business day, or refused for a cause. */
export interface LineOutcome {
  readonly line: PayableLine;
  /** Null is paid. */
  readonly cause: string | null;
  readonly entryId: bigint;
  readonly paidOn: string;
}

// A line that was refused frees its person, so that another line may pay them. An outcome that is there stays. Each line
// is found by its key and written where it was found: a plain join was planned over the whole batch for every page, and
// 100,000 lines took 50 s. Whoever holds the run alone changes its lines, so they stay where they are.
const record: Statement = {
  name: 'disbursements-record-outcomes',
  text: `update disbursements.lines l set state = case when n.cause is null then 'paid' else 'failed' end,
      cause = n.cause, entry_id = n.entry_id, paid_on = case when n.cause is null then n.paid_on end,
      claim = case when n.cause is null then l.claim end
    from (
      select k.place, o.cause, o.entry_id, o.paid_on
      from unnest($2::int[], $3::smallint[], $4::text[], $5::bigint[], $6::date[])
        o(line_no, attempt, cause, entry_id, paid_on)
      cross join lateral (
        select ctid as place from disbursements.lines
        where batch_id = $1 and line_no = o.line_no and attempt = o.attempt and state = 'ready' offset 0) k) n
    where l.ctid = n.place and l.state = 'ready'`,
};

/** Writes what became of many lines. Writing it twice changes nothing. */
export async function recordOutcomes(
  session: Session,
  batchId: bigint,
  outcomes: readonly LineOutcome[],
): Promise<void> {
  await session.run(record, [
    batchId,
    numberColumn(outcomes, ({ line }) => line.lineNo),
    numberColumn(outcomes, ({ line }) => line.attempt),
    codeColumn(outcomes, ({ cause }) => cause),
    numberColumn(outcomes, ({ entryId }) => entryId),
    codeColumn(outcomes, ({ paidOn }) => paidOn),
  ]);
}

const failures: Statement = {
  name: 'disbursements-failures',
  text: `select count(*) filter (where state = 'ready')::int, count(*) filter (where state = 'failed')::int
    from disbursements.lines where batch_id = $1`,
};

/** How many lines of a batch are left, and how many failed. */
export async function countUnpaid(
  session: Session,
  batchId: bigint,
): Promise<{ readonly left: number; readonly failed: number }> {
  const row = (await session.run(failures, [batchId])).rows[0] as [number, number];
  return { left: row[0], failed: row[1] };
}
