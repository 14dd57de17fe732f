import { approvedWith, type Exchange, type Reply, refusedWith } from '#channels/pos/exchange/exchange.ts';
import type { PosParts } from '#channels/pos/parts.ts';
import { readTotals, type TotalsResult, withResult } from '#channels/pos/rules/totals.ts';
import { readUploads } from '#channels/pos/rules/uploads.ts';

const results = { balanced: '1', unbalanced: '2', 'unknown-batch': '3' } as const satisfies Record<
  string,
  TotalsResult
>;
/** Of 1993: in balance, out of balance. */
const actionCodes: Readonly<Record<TotalsResult, string>> = { '1': '500', '2': '501', '3': '501' };

/** Holds a terminal's totals against our books. The answer stands in field 48; only 1993 says it in field 39 too. */
export async function settle(parts: PosParts, exchange: Exchange): Promise<Reply> {
  const { message, type, terminal } = exchange;
  const { 11: trace, 48: field48, 63: operator } = message.fields;
  const claimed = readTotals(field48);
  if (trace === undefined || field48 === undefined || claimed === null) return refusedWith('format');
  const key = batchOf(exchange);
  const settled = await parts.batches.settle({ ...key, traceNumber: Number(trace), claimed });
  parts.log.info('a terminal settled its batch', { terminalId: terminal.id, result: settled });
  const result = results[settled];
  return approvedWith({
    39: type.version === 1993 ? actionCodes[result] : undefined,
    48: withResult(field48, result),
    63: operator,
  });
}

/** Records of magnetic cards; those of chips (203 to 206) hold the chip's words, which no book of ours is held against. */
const recordsOfCards = ['200', '201'];
const trailers = ['202', '207'];

/** Keeps what a terminal uploads of a batch that did not balance; its trailer closes the batch. */
export async function upload(parts: PosParts, exchange: Exchange): Promise<Reply> {
  const { message, terminalData } = exchange;
  const key = batchOf(exchange);
  if (trailers.includes(terminalData.network)) {
    const closed = await parts.batches.closeAfterUpload(key);
    return closed === 'closed' ? approvedWith({}) : refusedWith(notTaken[closed]);
  }
  if (!recordsOfCards.includes(terminalData.network)) return approvedWith({});
  const records = readUploads(message.fields[48]);
  if (records === null) return refusedWith('format');
  const noted = await parts.batches.noteUploads({ ...key, records });
  // Of a batch with too many records the totals say enough, and one that is closed takes none any more.
  return noted === 'not-settled' || noted === 'unknown-batch'
    ? refusedWith(notTaken[noted])
    : approvedWith({});
}

const notTaken = { 'not-settled': 'batch-not-settled', 'unknown-batch': 'batch-unknown' } as const;

function batchOf({ terminal, terminalData }: Exchange) {
  return { terminalId: terminal.id, batchNumber: terminalData.batchNumber ?? terminal.batchNumber };
}
