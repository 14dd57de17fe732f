import { idMax } from '#platform/columns.ts';
import { requirePageLimit } from '#platform/limits/page-limit.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import { type BatchState, type BatchStep, nextState } from './rules/batch-life.ts';

/** A batch as it is kept. */
export interface Batch {
  readonly id: bigint;
  readonly programme: string;
  readonly period: string;
  readonly participantId: number;
  readonly terminalId: number;
  readonly purse: string;
  readonly lineCount: number;
  readonly totalFen: bigint;
  readonly state: BatchState;
  readonly round: number;
  readonly importedAt: Date;
  readonly importedBy: bigint;
  readonly madeBy: bigint;
  readonly publishedFrom: string | null;
  readonly publishedUntil: string | null;
  readonly proposalId: bigint | null;
  readonly approvedBy: bigint | null;
  readonly approvedDigestHex: string | null;
}

const columns = `b.id, b.programme, b.period, b.participant_id, b.terminal_id, b.purse, b.line_count, b.total_fen,
  b.state, b.round, b.imported_at, b.imported_by, b.made_by, b.published_from, b.published_until, b.proposal_id,
  b.approved_by, encode(b.approved_digest, 'hex')`;

function batchOf(row: readonly unknown[]): Batch {
  return {
    id: row[0] as bigint,
    programme: row[1] as string,
    period: row[2] as string,
    participantId: row[3] as number,
    terminalId: row[4] as number,
    purse: row[5] as string,
    lineCount: row[6] as number,
    totalFen: row[7] as bigint,
    state: row[8] as BatchState,
    round: row[9] as number,
    importedAt: row[10] as Date,
    importedBy: row[11] as bigint,
    madeBy: row[12] as bigint,
    publishedFrom: row[13] as string | null,
    publishedUntil: row[14] as string | null,
    proposalId: row[15] as bigint | null,
    approvedBy: row[16] as bigint | null,
    approvedDigestHex: row[17] as string | null,
  };
}

const read: Statement = {
  name: 'disbursements-batch',
  text: `select ${columns} from disbursements.batches b where b.id = $1`,
};
const lock: Statement = {
  name: 'disbursements-lock-batch',
  text: `select ${columns} from disbursements.batches b where b.id = $1 for update`,
};

export async function readBatch(session: Session, id: bigint): Promise<Batch | null> {
  const row = (await session.run(read, [id])).rows[0];
  return row === undefined ? null : batchOf(row);
}

export type StepRefusal = 'batch-unknown' | 'batch-step-not-allowed';

/** Locks a batch for a step: the batch and where the step leads, or why it may not be taken. */
export async function lockForStep(
  session: Session,
  id: bigint,
  step: BatchStep,
): Promise<{ readonly batch: Batch; readonly next: BatchState } | StepRefusal> {
  const row = (await session.run(lock, [id])).rows[0];
  if (row === undefined) return 'batch-unknown';
  const batch = batchOf(row);
  const next = nextState(batch.state, step);
  return next === null ? 'batch-step-not-allowed' : { batch, next };
}

const move: Statement = {
  name: 'disbursements-move-batch',
  text: 'update disbursements.batches set state = $2 where id = $1',
};

/** Moves a batch that is locked. */
export async function moveBatch(session: Session, id: bigint, state: BatchState): Promise<void> {
  await session.run(move, [id, state]);
}

const lockPeriod: Statement = {
  name: 'disbursements-lock-period',
  text: `select pg_advisory_xact_lock(hashtextextended('subsidy ' || $1 || ' ' || $2, 0))`,
};

/** Files of one programme and period are taken in one after the other, so that nobody is claimed by two. */
export async function lockPeriodOf(session: Session, programme: string, period: string): Promise<void> {
  await session.run(lockPeriod, [programme, period]);
}

export const batchPageMax = 50;

const page: Statement = {
  name: 'disbursements-batch-page',
  text: `select ${columns} from disbursements.batches b
    where b.id < $1 and ($2::int is null or b.participant_id = $2) order by b.id desc limit $3`,
};

/** Batches, newest first, older than the cursor; only those of a participant where it is given. */
export async function readBatches(
  session: Session,
  asked: { readonly before: bigint | null; readonly participantId: number | null; readonly limit: number },
): Promise<Batch[]> {
  requirePageLimit(asked.limit, batchPageMax);
  const values = [asked.before ?? idMax, asked.participantId, asked.limit];
  return (await session.run(page, values)).rows.map(batchOf);
}

const runs: Statement = {
  name: 'disbursements-running',
  text: `select id from disbursements.batches where state = 'running' and id > $1 order by id limit $2`,
};

/** The batches that are being paid, or were when somebody died; the oldest first, after the cursor. */
export async function readRunning(session: Session, after: bigint, limit: number): Promise<bigint[]> {
  return (await session.run(runs, [after, limit])).rows.map((row) => row[0] as bigint);
}

/** How many lines of a batch are in a state, and what they come to. */
export interface Tally {
  readonly count: number;
  readonly fen: bigint;
}

/** How far a batch is. What is paid, failed and left is together the whole. */
export interface Progress {
  readonly paid: Tally;
  readonly failed: Tally;
  readonly left: Tally;
}

const progress: Statement = {
  name: 'disbursements-progress',
  text: `select state, count(*)::int, coalesce(sum(amount_fen), 0)::bigint from disbursements.lines
    where batch_id = $1 group by state`,
};

export async function readProgress(session: Session, id: bigint): Promise<Progress> {
  const { rows } = await session.run(progress, [id]);
  const tallies = new Map(
    rows.map((row) => [row[0] as string, { count: row[1] as number, fen: row[2] as bigint }]),
  );
  const none: Tally = { count: 0, fen: 0n };
  return {
    paid: tallies.get('paid') ?? none,
    failed: tallies.get('failed') ?? none,
    left: tallies.get('ready') ?? tallies.get('withdrawn') ?? none,
  };
}
