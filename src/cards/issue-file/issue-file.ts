import { setImmediate } from 'node:timers/promises';
import { type Actor, systemActor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import { type CardKeys, issueBatch, type PreparedCard, prepareCard } from '#cards/issue-batch.ts';
import { type Product, readProducts } from '#cards/products.ts';
import { isHeader, type LineError, readFileLine } from '#cards/rules/file-line.ts';
import { hainanDay } from '#platform/calendar.ts';
import { inTransaction, type Pool, sessionOf } from '#platform/postgres.ts';
import { readLines, scanFile } from './read-lines.ts';
import {
  advanceFile,
  type FileState,
  finishFile,
  insertFaults,
  type LineFault,
  lockFile,
  openFile,
} from './store.ts';

/** A file of cards to issue, and who hears how far it is. */
export interface FileOrder {
  readonly path: string;
  /** The file's own name, without folders. */
  readonly name: string;
  readonly onProgress: (done: number, total: number) => void;
  /** Smaller for tests. */
  readonly batchSize?: number;
}

export interface FileIssued extends FileState {
  readonly kind: 'issued';
  /** Whether an earlier run had done it all. */
  readonly before: boolean;
}

/** Why a file is not taken at all. */
export type FileRefusal = 'header-wrong' | 'no-lines' | 'too-many-lines';

/** Lines of a file, the header not counted. */
export const fileLinesMax = 300_000;
/** Lines in one transaction: so much is done again when a run dies, and for so long a counter waits to issue. */
const defaultBatchSize = 2_000;

/** Another run is at the same file at this moment. */
export class FileTaken extends Error {}

/**
 * Issues every line of a file that can be. A run that died goes on after its last whole batch when the same file is
 * given again; a file that was done is only reported. While one batch is written, the next is read, digested and sealed.
 */
export async function issueFile(
  pool: Pool,
  keys: CardKeys,
  order: FileOrder,
): Promise<FileIssued | { readonly kind: FileRefusal }> {
  const { digest, lines } = await scanFile(order.path);
  if (lines - 1 > fileLinesMax) return { kind: 'too-many-lines' };
  if (lines < 2) return { kind: lines === 0 ? 'header-wrong' : 'no-lines' };
  if (!(await hasHeader(order.path))) return { kind: 'header-wrong' };
  const session = sessionOf(pool);
  const total = lines - 1;
  const file = await openFile(session, { digest, name: nameOf(order.name), linesTotal: total });
  if (file.finishedAt !== null) return { kind: 'issued', ...file, before: true };
  const run = { pool, keys, order, file, total, products: await readProducts(session) };
  await issueLines(run);
  const finished = await finishFile(session, file.fileId);
  if (finished === null) throw new FileTaken('another run issues this file');
  return { kind: 'issued', ...finished, before: false };
}

async function hasHeader(path: string): Promise<boolean> {
  for await (const [first = null] of readLines(path, 1)) return isHeader(first);
  return false;
}

/** Only what a file is called: a name may be long or strange. */
function nameOf(name: string): string {
  return name.replace(/[^\w.-]/g, '_').slice(0, 100);
}

interface Run {
  readonly pool: Pool;
  readonly keys: CardKeys;
  readonly order: FileOrder;
  readonly file: FileState;
  readonly total: number;
  readonly products: ReadonlyMap<string, Product>;
}

async function issueLines(run: Run): Promise<void> {
  const { order, file, total } = run;
  let lineNumber = 0;
  let writing: Promise<void> = Promise.resolve();
  order.onProgress(file.linesDone, total);
  // The header is line 1, so what is done ends one line later.
  const doneLine = file.linesDone + 1;
  for await (const lines of readLines(order.path, order.batchSize ?? defaultBatchSize)) {
    const first = lineNumber + 1;
    lineNumber += lines.length;
    const fresh = lines.slice(Math.max(0, doneLine - first + 1));
    if (fresh.length === 0) continue;
    const batch = await prepareBatch(run, fresh, lineNumber - fresh.length + 1);
    await writing;
    writing = writeBatch(run, batch);
    // It is waited for below; meanwhile a failure must not end the process.
    writing.catch(() => undefined);
  }
  await writing;
}

interface Batch {
  readonly firstLine: number;
  readonly lineCount: number;
  readonly cards: readonly (PreparedCard & { readonly line: number })[];
  readonly faults: readonly LineFault[];
}

/** So many lines are digested and sealed before others get their turn: a few milliseconds. */
const turnLines = 200;

async function prepareBatch(run: Run, lines: readonly (string | null)[], firstLine: number): Promise<Batch> {
  const cards: (PreparedCard & { line: number })[] = [];
  const faults: LineFault[] = [];
  const on = { today: hainanDay(Date.now()), products: run.products };
  for (const [i, text] of lines.entries()) {
    if (i % turnLines === turnLines - 1) await setImmediate();
    const line = firstLine + i;
    const wish = readFileLine(text, on);
    if (typeof wish === 'string') faults.push({ line, code: wish });
    else cards.push({ ...prepareCard(run.keys, wish), line });
  }
  return { firstLine, lineCount: lines.length, cards, faults };
}

const actor: Actor = systemActor;

async function writeBatch(run: Run, batch: Batch): Promise<void> {
  const { fileId } = run.file;
  const doneBefore = batch.firstLine - 2;
  const reason = `issue file ${fileId}`;
  await inTransaction(run.pool, async (client) => {
    const session = sessionOf(client);
    if ((await lockFile(session, fileId)) !== doneBefore) throw new FileTaken('another run issues this file');
    const terms = { products: run.products, actor, reason, fileId };
    const results = await issueBatch(session, batch.cards, terms);
    const refused = batch.cards.flatMap(({ line }, i): LineFault[] => {
      const result = results[i];
      return typeof result === 'string' ? [{ line, code: result satisfies LineError }] : [];
    });
    const faults = [...batch.faults, ...refused];
    await insertFaults(session, fileId, faults);
    const issued = batch.lineCount - faults.length;
    await advanceFile(session, fileId, { issued, failed: faults.length });
    const subject = `issue-file ${fileId}`;
    const last = batch.firstLine + batch.lineCount - 1;
    const said = `issued ${issued} of lines ${batch.firstLine} to ${last}`;
    await recordAudit(session, [{ actor, act: 'cards-issued', subject, reason: said }]);
  });
  run.order.onProgress(doneBefore + batch.lineCount, run.total);
}
