import type { Actor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import { numberColumn } from '#platform/columns.ts';
import { inTransaction, type Session, type Statement, sessionOf } from '#platform/postgres.ts';
import { sumBatch } from './import-batch.ts';
import { judgeLines, lineColumns, lineRows, linesAtOnce, type PlacedLine } from './judge-file.ts';
import type { DisbursementParts } from './ports.ts';
import { type FileRefusal, fileLines, readFileLine } from './rules/file-text.ts';
import { lockForStep, lockPeriodOf, type StepRefusal } from './store.ts';

export type CorrectRefusal = FileRefusal | StepRefusal | 'correction-line-wrong';

const free: Statement = {
  name: 'disbursements-free-lines',
  text: `update disbursements.lines set claim = null, state = 'failed', cause = coalesce(cause, 'line-malformed')
    where batch_id = $1 and line_no = any($2::int[]) and state in ('ready', 'failed')`,
};
const perLineMax: Statement = {
  name: 'disbursements-per-line-max',
  text: 'select per_line_max_fen from disbursements.programmes where code = $1',
};
// A corrected line is another attempt: its payment has a name of its own, and the refusal of the one before stays.
const correct: Statement = {
  name: 'disbursements-correct-lines',
  text: `update disbursements.lines l set attempt = l.attempt + 1, state = n.state, cause = n.cause,
      amount_fen = n.amount_fen, id_number_digest = decode(n.digest, 'hex'),
      claim = case when n.state = 'ready' then decode(n.digest, 'hex') end, name_sealed = decode(n.name, 'hex'),
      card_account_id = n.card_account_id, card_id = n.card_id, card_tail = n.tail, entry_id = null
    from ${lineRows(2)} where l.batch_id = $1 and l.line_no = n.line_no`,
};
const reopen: Statement = {
  name: 'disbursements-reopen-batch',
  text: `update disbursements.batches set state = $2, round = round + 1, made_by = $3, proposal_id = null,
      proposed_by = null, approved_by = null, approved_digest = null,
      published_from = case when $2 = 'imported' then null else published_from end,
      published_until = case when $2 = 'imported' then null else published_until end
    where id = $1`,
};

/**
 * Puts new content in the place of lines that were not paid: all of the file or nothing. Whatever was approved
 * before is approved no more, since it has changed.
 */
export async function correctLines(
  parts: DisbursementParts,
  correction: { readonly batchId: bigint; readonly bytes: Buffer },
  actor: Actor,
): Promise<{ readonly corrected: number } | CorrectRefusal> {
  const { batchId } = correction;
  const texts = fileLines(correction.bytes);
  if (typeof texts === 'string') return texts;
  const lines = placed(texts);
  if (lines === null) return 'correction-line-wrong';
  return inTransaction(parts.pool, async (client) => {
    const session = sessionOf(client);
    const step = await lockForStep(session, batchId, 'correct');
    if (typeof step === 'string') return step;
    const { programme, period } = step.batch;
    await lockPeriodOf(session, programme, period);
    // The batch goes first: while it is approved, no line of it changes (trigger lines_check).
    await session.run(reopen, [batchId, step.next, actor.id]);
    const freed = await session.run(free, [batchId, numberColumn(lines, (line) => line.lineNo)]);
    if (freed.rowCount !== lines.length) throw new CorrectionLineWrong();
    await putIn(session, parts, { batch: step.batch, lines });
    await sumBatch(session, batchId);
    await recordAudit(session, [{ actor, act: 'batch-corrected', subject: `batch ${batchId}`, reason: '' }]);
    return { corrected: lines.length };
  }).catch((error) => {
    if (error instanceof CorrectionLineWrong) return 'correction-line-wrong';
    throw error;
  });
}

/** Rolls the transaction back: a line that is no line of the batch, or was paid. */
class CorrectionLineWrong extends Error {}

/** The lines by the numbers they say, each once; null where one says none, or one that another said. */
function placed(texts: readonly string[]): PlacedLine[] | null {
  const lines = new Map<number, string>();
  for (const text of texts) {
    const lineNo = readFileLine(text)?.lineNo ?? null;
    if (lineNo === null || lines.has(lineNo)) return null;
    lines.set(lineNo, text);
  }
  return [...lines].map(([lineNo, text]) => ({ lineNo, text })).sort((a, b) => a.lineNo - b.lineNo);
}

async function putIn(
  session: Session,
  parts: DisbursementParts,
  {
    batch,
    lines,
  }: { batch: { id: bigint; programme: string; period: string }; lines: readonly PlacedLine[] },
): Promise<void> {
  const { programme, period } = batch;
  const limit = (await session.run(perLineMax, [programme])).rows[0]?.[0] as bigint;
  const place = { batchId: batch.id, programme, period, perLineMaxFen: limit };
  for (let first = 0; first < lines.length; first += linesAtOnce) {
    const some = lines.slice(first, first + linesAtOnce);
    const judged = await judgeLines(session, parts, { place, lines: some });
    await session.run(correct, [batch.id, ...lineColumns(judged)]);
  }
}
