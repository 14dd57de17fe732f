import { maskedName } from '#cards/rules/id-number.ts';
import type { BatchState } from '#disbursements/rules/batch-life.ts';
import { idMax } from '#platform/columns.ts';
import { requirePageLimit } from '#platform/limits/page-limit.ts';
import { type Waiting, waitingOf, waitingSql } from '#platform/limits/waiting.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { Secrets } from '#platform/secrets.ts';

/** A batch in a list. */
export interface BatchLine {
  readonly id: bigint;
  readonly programme: string;
  readonly period: string;
  readonly participantId: number;
  readonly lineCount: number;
  readonly totalFen: bigint;
  readonly state: BatchState;
  readonly round: number;
  readonly importedAt: Date;
  readonly publishedUntil: string | null;
}

export interface BatchesAsked {
  readonly state: string | null;
  readonly programme: string | null;
  readonly participantId: number | null;
  readonly before: bigint | null;
  readonly limit: number;
}

const listPageMax = 500;

const batches: Statement = {
  name: 'disbursements-batch-list',
  text: `select id, programme, period, participant_id, line_count, total_fen, state, round, imported_at, published_until
    from disbursements.batches
    where id < $1 and ($2::text is null or state = $2) and ($3::text is null or programme = $3)
      and ($4::int is null or participant_id = $4)
    order by id desc limit $5`,
};

/** A page of batches, the newest first. */
export async function listBatches(session: Session, asked: BatchesAsked): Promise<BatchLine[]> {
  const { state, programme, participantId, before, limit } = asked;
  requirePageLimit(limit, listPageMax);
  const values = [before ?? idMax, state, programme, participantId, limit];
  const { rows } = await session.run(batches, values);
  return rows.map((row) => ({
    id: row[0] as bigint,
    programme: row[1] as string,
    period: row[2] as string,
    participantId: row[3] as number,
    lineCount: row[4] as number,
    totalFen: row[5] as bigint,
    state: row[6] as BatchState,
    round: row[7] as number,
    importedAt: row[8] as Date,
    publishedUntil: row[9] as string | null,
  }));
}

/** A line that was not paid, with the batch it stands in. */
export interface FailedLine {
  readonly batchId: bigint;
  readonly lineNo: number;
  readonly attempt: number;
  readonly programme: string;
  readonly period: string;
  readonly cause: string;
  readonly amountFen: bigint | null;
  readonly nameMasked: string | null;
  readonly cardTail: string | null;
}

interface LinePlace {
  readonly batchId: bigint;
  readonly lineNo: number;
}

export interface FailedAsked {
  readonly batchId: bigint | null;
  readonly programme: string | null;
  readonly cause: string | null;
  readonly after: LinePlace | null;
  readonly limit: number;
}

const failed: Statement = {
  name: 'disbursements-failed-lines',
  text: `select batch_id, line_no, attempt, programme, period, cause, amount_fen, name_sealed, card_tail
    from disbursements.lines
    where state = 'failed' and (batch_id, line_no) > ($1::bigint, $2::int) and ($3::bigint is null or batch_id = $3)
      and ($4::text is null or programme = $4) and ($5::text is null or cause = $5)
    order by batch_id, line_no limit $6`,
};

/** A page of lines that were not paid, by batch and line. */
export async function listFailedLines(
  session: Session,
  secrets: Pick<Secrets, 'openPersonal'>,
  asked: FailedAsked,
): Promise<FailedLine[]> {
  const { batchId, programme, cause, after, limit } = asked;
  requirePageLimit(limit, listPageMax);
  const place = [after?.batchId ?? 0n, after?.lineNo ?? 0];
  const { rows } = await session.run(failed, [...place, batchId, programme, cause, limit]);
  return rows.map((row) => ({
    batchId: row[0] as bigint,
    lineNo: row[1] as number,
    attempt: row[2] as number,
    programme: row[3] as string,
    period: row[4] as string,
    cause: row[5] as string,
    amountFen: row[6] as bigint | null,
    nameMasked: row[7] === null ? null : maskedName(secrets.openPersonal(row[7] as Buffer)),
    cardTail: row[8] as string | null,
  }));
}

// What waits for people: a second person's approval, or a correction of what came back.
const waiting: Statement = {
  name: 'disbursements-waiting-batches',
  text: waitingSql(
    `select imported_at from disbursements.batches where state in ('proposed', 'returned', 'corrected')`,
  ),
};
const failedCount: Statement = {
  name: 'disbursements-count-failed',
  text: waitingSql(`select b.imported_at from disbursements.lines l join disbursements.batches b on b.id = l.batch_id
    where l.state = 'failed'`),
};

/** Batches that wait for somebody's decision. */
export async function countWaitingBatches(session: Session): Promise<Waiting> {
  return waitingOf((await session.run(waiting)).rows);
}

/** Lines that were not paid, by when their batch came. */
export async function countFailedLines(session: Session): Promise<Waiting> {
  return waitingOf((await session.run(failedCount)).rows);
}
