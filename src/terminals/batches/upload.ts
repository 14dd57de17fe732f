import { awaitGroups } from '#ledger/await-groups.ts';
import { inTransaction, type Pool, sessionOf } from '#platform/postgres.ts';
import { compareUploads, type JudgedRecord, type UploadedRecord } from './rules/compare-uploads.ts';
import { type CountedRecord, ownRecords } from './rules/own-records.ts';
import { batchTotals } from './rules/totals.ts';
import { planForRanges, settledBatch } from './settle.ts';
import {
  type BatchKey,
  type BatchRow,
  keyText,
  lockBatches,
  readCounted,
  type SettledBatch,
  saveBatches,
  sumBatches,
} from './store.ts';
import { noteRecords, readUploads, saveVerdicts } from './upload-store.ts';

/** A batch with more records, in our books or uploaded, is not compared record by record: its totals say enough. */
const recordsPerBatchMax = 5_000;

/** What became of uploaded records. A batch that is closed takes none any more: what was kept stays. */
export type Noted = 'noted' | 'closed' | 'not-settled' | 'too-many' | 'unknown-batch';

/** Keeps records that a terminal uploads of a batch that did not balance. The same again changes nothing. */
export async function noteUploads(
  pool: Pool,
  upload: BatchKey & { readonly records: readonly UploadedRecord[] },
): Promise<Noted> {
  const { records } = upload;
  const asked = { records, recordsMax: recordsPerBatchMax };
  const noted = await noteRecords(sessionOf(pool), upload, asked);
  if (noted === null) return 'unknown-batch';
  if (noted.state !== 'unbalanced') return noted.state === 'closed' ? 'closed' : 'not-settled';
  return noted.kept === 0 && records.length > 0 ? 'too-many' : 'noted';
}

/** What the end of an upload (its trailer) is answered: a batch that was closed before stays as it is. */
export type Closed = 'closed' | 'not-settled' | 'unknown-batch';

/**
 * Closes batches whose uploads are ended: counts them once more, keeps how each record stands to our books, and moves
 * their terminals on to their next batches. What differs is for people; no books are changed by it.
 */
export async function closeBatches(pool: Pool, keys: readonly BatchKey[]): Promise<Closed[]> {
  const countedBelow = await awaitGroups(sessionOf(pool));
  return inTransaction(pool, async (client) => {
    const session = sessionOf(client);
    await planForRanges(client);
    const batches = await lockBatches(session, [...new Map(keys.map((key) => [keyText(key), key])).values()]);
    const toClose = [...batches.values()].filter((batch) => batch.state === 'unbalanced');
    const sums = await sumBatches(session, toClose, countedBelow);
    const limit = recordsPerBatchMax + 1;
    const own = await readCounted(session, toClose, { countedBelow, limit });
    const uploads = await readUploads(session, toClose);
    const judged = toClose.flatMap((batch) => {
      const key = keyText(batch);
      return judgeRecords(batch, uploads.get(key) ?? [], own.get(key) ?? []);
    });
    await saveVerdicts(session, judged);
    const closed = toClose.map((batch): SettledBatch => {
      const totals = batchTotals(sums.get(keyText(batch)) ?? []);
      return settledBatch(batch, { ...batch, state: 'closed', own: totals });
    });
    await saveBatches(session, closed, countedBelow);
    return keys.map((key) => answerFor(batches.get(keyText(key))));
  });
}

function answerFor(batch: BatchRow | undefined): Closed {
  if (batch === undefined) return 'unknown-batch';
  return batch.state === 'open' ? 'not-settled' : 'closed';
}

function judgeRecords(
  { terminalId, batchNumber }: BatchKey,
  uploaded: readonly UploadedRecord[],
  counted: readonly CountedRecord[],
): (BatchKey & JudgedRecord)[] {
  if (counted.length > recordsPerBatchMax) return [];
  const own = ownRecords(counted, new Set(uploaded.map(({ traceNumber }) => traceNumber)));
  return compareUploads(uploaded, own).map((judged) => ({ terminalId, batchNumber, ...judged }));
}
