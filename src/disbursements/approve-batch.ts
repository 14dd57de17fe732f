import type { ProposeRefusal } from '#access/four-eyes.ts';
import type { DecideRefusal } from '#access/rules/four-eyes.ts';
import type { Bearer } from '#access/store.ts';
import type { Actor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import { hainanDay } from '#platform/calendar.ts';
import { inTransaction, type Session, type Statement, sessionOf } from '#platform/postgres.ts';
import type { DisbursementParts } from './ports.ts';
import { type BatchState, isPublishedLongEnough } from './rules/batch-life.ts';
import { contentText } from './rules/content.ts';
import { type Batch, lockForStep, moveBatch, type StepRefusal } from './store.ts';

// One value over every line that is to be paid, in order: to whom, how much, which attempt.
const content: Statement = {
  name: 'disbursements-content',
  text: `select count(*)::int, coalesce(sum(amount_fen), 0)::bigint, encode(sha256(convert_to(coalesce(
      string_agg(concat_ws(' ', line_no, attempt, encode(id_number_digest, 'hex'), card_account_id, card_id,
        amount_fen), E'\\n' order by line_no), ''), 'UTF8')), 'hex')
    from disbursements.lines where batch_id = $1 and state = 'ready'`,
};

/** The batch as it stands now, for a proposal and for whoever decides it; `count` is what it would pay. */
async function contentNow(
  session: Session,
  batch: Batch,
): Promise<{ readonly text: string; readonly digestHex: string; readonly count: number }> {
  const row = (await session.run(content, [batch.id])).rows[0] as [number, bigint, string];
  const [lineCount, totalFen, linesDigestHex] = row;
  const text = contentText({ ...batch, batchId: batch.id, lineCount, totalFen, linesDigestHex });
  return { text, digestHex: linesDigestHex, count: lineCount };
}

const propose: Statement = {
  name: 'disbursements-propose-batch',
  text: `update disbursements.batches set state = $2, proposal_id = $3, proposed_by = $4 where id = $1`,
};

/** Proposes a batch as it stands to a second person; a list that is published must have been so long enough. */
export async function proposeBatch(
  parts: DisbursementParts,
  batchId: bigint,
  maker: Bearer,
): Promise<
  { readonly proposalId: bigint } | StepRefusal | ProposeRefusal | 'publication-runs' | 'nothing-to-pay'
> {
  return inTransaction(parts.pool, async (client) => {
    const session = sessionOf(client);
    const step = await lockForStep(session, batchId, 'propose');
    if (typeof step === 'string') return step;
    const { batch, next } = step;
    if (!isPublishedLongEnough(batch.publishedUntil, hainanDay(parts.nowMs()))) return 'publication-runs';
    const { text, count } = await contentNow(session, batch);
    if (count === 0) return 'nothing-to-pay';
    const proposalId = await parts.fourEyes.propose(session, {
      kind: 'subsidy-batch',
      // An approval is of one round: what was corrected is another subject.
      subject: `batch ${batch.id}/${batch.round}`,
      content: text,
      maker,
    });
    if (typeof proposalId === 'string') return proposalId;
    // The batch is locked since before, so that nobody waits for this one statement after the trail's.
    await session.run(propose, [batchId, next, proposalId, maker.subjectId]);
    return { proposalId };
  });
}

const approve: Statement = {
  name: 'disbursements-approve-batch',
  text: `update disbursements.batches set state = $2, approved_by = $3, approved_digest = decode($4, 'hex')
    where id = $1`,
};

/** What a second person says about a batch. */
export interface BatchDecision {
  readonly batchId: bigint;
  readonly decision: 'approved' | 'rejected';
  readonly reason: string;
  readonly checker: Bearer;
}

/**
 * Decides a batch that was proposed. What is approved is what stands in the database in this very transaction: if
 * anything of it is not what was proposed, the decision is refused, whichever it is.
 */
export async function decideBatch(
  parts: DisbursementParts,
  { batchId, decision, reason, checker }: BatchDecision,
): Promise<'approved' | 'rejected' | StepRefusal | DecideRefusal> {
  return inTransaction(parts.pool, async (client) => {
    const session = sessionOf(client);
    const step = await lockForStep(session, batchId, decision === 'approved' ? 'approve' : 'reject');
    if (typeof step === 'string') return step;
    return decideLocked(parts, session, { ...step, decided: { decision, reason, checker } });
  }).catch((error) => {
    if (error instanceof NotDecided) return error.refusal;
    throw error;
  });
}

async function decideLocked(
  parts: DisbursementParts,
  session: Session,
  { batch, next, decided }: { batch: Batch; next: BatchState; decided: Omit<BatchDecision, 'batchId'> },
): Promise<'approved' | 'rejected' | DecideRefusal> {
  const { decision, checker } = decided;
  const id = batch.proposalId;
  if (id === null) throw new Error('a proposed batch without a proposal');
  if (checker.subjectId === batch.importedBy || checker.subjectId === batch.madeBy) return 'own-proposal';
  const { text, digestHex } = await contentNow(session, batch);
  // Moved before the choke point writes its trail, which is the last thing that a transaction writes.
  if (decision === 'approved') await session.run(approve, [batch.id, next, checker.subjectId, digestHex]);
  else await moveBatch(session, batch.id, next);
  const answer = await parts.fourEyes.decideProposal(session, { ...decided, id, content: text });
  if (answer === 'approved' || answer === 'rejected') return answer;
  throw new NotDecided(answer);
}

/** Rolls the transaction back: the choke point refuses the decision. */
class NotDecided extends Error {
  readonly refusal: DecideRefusal;
  constructor(refusal: DecideRefusal) {
    super('a decision was refused');
    this.refusal = refusal;
  }
}

/** Lets an approved batch be paid: whoever keeps the schedule takes it from here, now and after a restart. */
export async function startRun(
  parts: DisbursementParts,
  batchId: bigint,
  actor: Actor,
): Promise<'running' | StepRefusal | 'content-changed'> {
  return inTransaction(parts.pool, async (client) => {
    const session = sessionOf(client);
    const step = await lockForStep(session, batchId, 'run');
    if (typeof step === 'string') return step;
    const { batch, next } = step;
    if (batch.state === 'running') return 'running';
    const { digestHex } = await contentNow(session, batch);
    if (digestHex !== batch.approvedDigestHex) return 'content-changed';
    await moveBatch(session, batchId, next);
    await recordAudit(session, [
      { actor, act: 'batch-run-started', subject: `batch ${batchId}`, reason: '' },
    ]);
    return 'running';
  });
}
