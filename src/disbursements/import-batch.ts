import { createHash } from 'node:crypto';
import type { Actor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import { inTransaction, type Session, type Statement, sessionOf } from '#platform/postgres.ts';
import { type FilePlace, judgeLines, lineColumns, lineRows, linesAtOnce } from './judge-file.ts';
import type { DisbursementParts } from './ports.ts';
import { type FileRefusal, fileLines } from './rules/file-text.ts';
import { lockPeriodOf } from './store.ts';

/** A programme's file for a period, as the agency sent it. */
export interface BatchFile {
  readonly programme: string;
  readonly period: string;
  readonly bytes: Buffer;
}

export type ImportRefusal = FileRefusal | 'programme-unknown' | 'programme-not-active';

/** The batch that a file became, and whether it was there already. */
export interface Imported {
  readonly id: bigint;
  readonly replay: boolean;
}

const programmeText: Statement = {
  name: 'disbursements-share-programme',
  text: `select per_line_max_fen, active from disbursements.programmes where code = $1 for key share`,
};
const sameText: Statement = {
  name: 'disbursements-same-file',
  text: `select id from disbursements.batches
    where programme = $1 and period = $2 and file_digest = decode($3, 'hex') and state <> 'withdrawn'`,
};
const insertBatch: Statement = {
  name: 'disbursements-insert-batch',
  text: `insert into disbursements.batches (programme, period, participant_id, terminal_id, purse, file_digest,
      line_count, total_fen, state, round, imported_at, imported_by, made_by)
    select code, $2, participant_id, terminal_id, purse, decode($3, 'hex'), $4, 0, 'imported', 1, now(), $5, $5
    from disbursements.programmes where code = $1 returning id`,
};
const insertLines: Statement = {
  name: 'disbursements-insert-lines',
  text: `insert into disbursements.lines (batch_id, programme, period, attempt, line_no, state, cause, amount_fen,
      id_number_digest, claim, name_sealed, card_account_id, card_id, card_tail)
    select $1, $2, $3, 1, n.line_no, n.state, n.cause, n.amount_fen, decode(n.digest, 'hex'),
      case when n.state = 'ready' then decode(n.digest, 'hex') end, decode(n.name, 'hex'),
      n.card_account_id, n.card_id, n.tail
    from ${lineRows(4)}`,
};
const totalText: Statement = {
  name: 'disbursements-total-batch',
  text: `update disbursements.batches set total_fen =
      (select coalesce(sum(amount_fen), 0) from disbursements.lines where batch_id = $1) where id = $1`,
};

/**
 * Takes a file in: every line is judged, and is either to be paid or failed with its cause. The same file for the
 * same programme and period is one batch, however often it is sent.
 */
export async function importBatch(
  parts: DisbursementParts,
  file: BatchFile,
  actor: Actor,
): Promise<Imported | ImportRefusal> {
  const lines = fileLines(file.bytes);
  if (typeof lines === 'string') return lines;
  return inTransaction(parts.pool, async (client) => {
    const session = sessionOf(client);
    const { programme, period } = file;
    const terms = (await session.run(programmeText, [programme])).rows[0];
    if (terms === undefined) return 'programme-unknown';
    if (terms[1] !== true) return 'programme-not-active';
    await lockPeriodOf(session, programme, period);
    const digest = createHash('sha256').update(file.bytes).digest('hex');
    const same = (await session.run(sameText, [programme, period, digest])).rows[0];
    if (same !== undefined) return { id: same[0] as bigint, replay: true };
    const made = await session.run(insertBatch, [programme, period, digest, lines.length, actor.id]);
    const batchId = made.rows[0]?.[0] as bigint;
    await takeIn(session, parts, {
      place: { batchId, programme, period, perLineMaxFen: terms[0] as bigint },
      lines,
    });
    await sumBatch(session, batchId);
    await recordAudit(session, [{ actor, act: 'batch-imported', subject: `batch ${batchId}`, reason: '' }]);
    return { id: batchId, replay: false };
  });
}

async function takeIn(
  session: Session,
  parts: DisbursementParts,
  { place, lines }: { readonly place: FilePlace; readonly lines: readonly string[] },
): Promise<void> {
  for (let first = 0; first < lines.length; first += linesAtOnce) {
    const some = lines.slice(first, first + linesAtOnce).map((text, i) => ({ lineNo: first + i + 1, text }));
    const judged = await judgeLines(session, parts, { place, lines: some });
    const { batchId, programme, period } = place;
    await session.run(insertLines, [batchId, programme, period, ...lineColumns(judged)]);
  }
}

/** Sums a batch up anew, after its lines have changed. */
export async function sumBatch(session: Session, batchId: bigint): Promise<void> {
  await session.run(totalText, [batchId]);
}
