import type { Actor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import { hainanDay } from '#platform/calendar.ts';
import { inTransaction, type Statement, sessionOf } from '#platform/postgres.ts';
import type { DisbursementParts } from './ports.ts';
import { lockForStep, moveBatch, type StepRefusal } from './store.ts';

const publish: Statement = {
  name: 'disbursements-publish-batch',
  text: `update disbursements.batches b set state = $2, published_from = $3::date,
      published_until = $3::date + p.publication_days
    from disbursements.programmes p where b.id = $1 and p.code = b.programme returning b.published_until`,
};

/** Opens the list to those who may object to it (公示), for as many days as its programme says. */
export async function publishBatch(
  parts: DisbursementParts,
  batchId: bigint,
  actor: Actor,
): Promise<{ readonly from: string; readonly until: string } | StepRefusal> {
  return inTransaction(parts.pool, async (client) => {
    const session = sessionOf(client);
    const step = await lockForStep(session, batchId, 'publish');
    if (typeof step === 'string') return step;
    const from = hainanDay(parts.nowMs());
    const { rows } = await session.run(publish, [batchId, step.next, from]);
    await recordAudit(session, [{ actor, act: 'batch-published', subject: `batch ${batchId}`, reason: '' }]);
    return { from, until: rows[0]?.[0] as string };
  });
}

const withdrawLines: Statement = {
  name: 'disbursements-withdraw-lines',
  text: `update disbursements.lines set state = 'withdrawn', claim = null where batch_id = $1 and state = 'ready'`,
};

/** Takes back what of a batch was not paid, unless it is proposed or approved: its people are free for another file. */
export async function withdrawBatch(
  parts: DisbursementParts,
  { batchId, reason }: { readonly batchId: bigint; readonly reason: string },
  actor: Actor,
): Promise<'withdrawn' | StepRefusal> {
  return inTransaction(parts.pool, async (client) => {
    const session = sessionOf(client);
    const step = await lockForStep(session, batchId, 'withdraw');
    if (typeof step === 'string') return step;
    await session.run(withdrawLines, [batchId]);
    await moveBatch(session, batchId, step.next);
    await recordAudit(session, [{ actor, act: 'batch-withdrawn', subject: `batch ${batchId}`, reason }]);
    return 'withdrawn';
  });
}
