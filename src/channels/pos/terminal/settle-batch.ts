import { approvedWith, type Exchange, type Reply, refusedWith } from '#channels/pos/exchange/exchange.ts';
import type { PosParts } from '#channels/pos/parts.ts';
import { cardField, presentedCard } from '#channels/pos/rules/card-number.ts';
import { readBatchUpload, type UploadedRecord } from '#iso8583/unionpay/batch-upload.ts';
import { isFieldFault } from '#iso8583/unionpay/field-fault.ts';
import { readSettlementTotals, writeSettlementTotals } from '#iso8583/unionpay/field48.ts';

/** Of 1993: in balance, out of balance. */
const actionCodes = { balanced: '500', unbalanced: '501', error: '501' } as const;

/** Holds a terminal's totals against our books. The answer stands in field 48; only 1993 says it in field 39 too. */
export async function settle(parts: PosParts, exchange: Exchange): Promise<Reply> {
  const { message, type, terminal } = exchange;
  const { 11: trace, 48: field48, 63: operator } = message.fields;
  const totals = field48 === undefined ? null : readSettlementTotals(field48);
  if (trace === undefined) return refusedWith('format 11');
  if (totals === null || isFieldFault(totals)) return refusedWith('format 48');
  const { domestic, foreign } = totals;
  // Of foreign cards, which we do not take, a terminal that has something has what our books have not.
  const claimed = {
    debitFen: domestic.debitFen + foreign.debitFen,
    debitCount: domestic.debitCount + foreign.debitCount,
    creditFen: domestic.creditFen + foreign.creditFen,
    creditCount: domestic.creditCount + foreign.creditCount,
  };
  const settled = await parts.batches.settle({ ...batchOf(exchange), traceNumber: Number(trace), claimed });
  parts.log.info('a terminal settled its batch', { terminalId: terminal.id, result: settled });
  const result = settled === 'unknown-batch' ? 'error' : settled;
  return approvedWith({
    39: type.version === 1993 ? actionCodes[result] : undefined,
    48: writeSettlementTotals({ ...totals, domesticResult: result, foreignResult: result }),
    63: operator,
  });
}

/** Records of chips hold the chip's words, which no book of ours is held against. */
const recordsOfChips = ['203', '204', '205', '206'];
const trailers = ['202', '207'];

/** Keeps what a terminal uploads of a batch that did not balance; its trailer closes the batch. */
export async function upload(parts: PosParts, exchange: Exchange): Promise<Reply> {
  const { message, terminalData } = exchange;
  const key = batchOf(exchange);
  if (trailers.includes(terminalData.network)) {
    const closed = await parts.batches.closeAfterUpload(key);
    return closed === 'closed' ? approvedWith({}) : refusedWith(notTaken[closed]);
  }
  if (recordsOfChips.includes(terminalData.network)) return approvedWith({});
  if (message.fields[48] === undefined) return noteSingle(parts, exchange);
  const uploaded = readBatchUpload(message.fields[48]);
  if (isFieldFault(uploaded)) return refusedWith('format 48');
  const noted = await parts.batches.noteUploads({ ...key, records: uploaded.map(keptRecord) });
  // Of a batch with too many records the totals say enough, and one that is closed takes none any more.
  return noted === 'not-settled' || noted === 'unknown-batch'
    ? refusedWith(notTaken[noted])
    : approvedWith({});
}

/**
 * Refunds and sales that were made offline are sent one by one, as they were, and also of a batch that balanced: there
 * is nothing to keep of those, and a terminal that is refused would send them for ever.
 */
async function noteSingle(parts: PosParts, exchange: Exchange): Promise<Reply> {
  const { message, terminalData } = exchange;
  const { 4: amount = '', 11: trace = '' } = message.fields;
  const cardNumber = presentedCard(message.fields);
  if (!/^\d{1,12}$/.test(amount)) return refusedWith('format 4');
  if (!/^\d{6}$/.test(trace)) return refusedWith('format 11');
  if (cardNumber === 'format') return refusedWith(`format ${cardField(message.fields)}`);
  const record = {
    traceNumber: Number(trace),
    side: terminalData.form === refund ? ('credit' as const) : null,
    amountFen: BigInt(amount),
    cardTail: cardNumber === null ? null : cardNumber.slice(-4),
  };
  const noted = await parts.batches.noteUploads({ ...batchOf(exchange), records: [record] });
  return noted === 'unknown-batch' ? refusedWith(notTaken[noted]) : approvedWith({});
}

/** Field 60.1. */
const refund = '25';

const notTaken = { 'not-settled': 'batch-not-settled', 'unknown-batch': 'batch-unknown' } as const;

function batchOf({ terminal, terminalData }: Exchange) {
  return { terminalId: terminal.id, batchNumber: terminalData.batchNumber ?? terminal.batchNumber };
}

/** Of a card number only its end is kept; which total a record is part of it does not say. */
function keptRecord({ traceNumber, amountFen, cardNumber }: UploadedRecord) {
  return { traceNumber, side: null, amountFen, cardTail: cardNumber.slice(-4) };
}
