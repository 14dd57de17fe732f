import { formatTransactionId } from '#channels/http/wire/transaction-id.ts';
import type { Programme } from '#disbursements/programmes.ts';
import type { ShownLine, SubsidyPayment } from '#disbursements/read-lines.ts';
import { causeTexts } from '#disbursements/rules/causes.ts';
import type { Batch, Progress, Tally } from '#disbursements/store.ts';
import { fenToJson } from '#money/fen.ts';

export function programmeAnswer(programme: Programme): object {
  const { perLineMaxFen, ...rest } = programme;
  return { ...rest, perLineMax: fenToJson(perLineMaxFen) };
}

export function batchAnswer(batch: Batch): object {
  return {
    batchId: String(batch.id),
    programme: batch.programme,
    period: batch.period,
    participantId: batch.participantId,
    purse: batch.purse,
    state: batch.state,
    round: batch.round,
    lineCount: batch.lineCount,
    total: fenToJson(batch.totalFen),
    publishedFrom: batch.publishedFrom,
    publishedUntil: batch.publishedUntil,
    proposalId: batch.proposalId === null ? null : String(batch.proposalId),
  };
}

const tally = ({ count, fen }: Tally) => ({ count, amount: fenToJson(fen) });

export function progressAnswer(batch: Batch, { paid, failed, left }: Progress): object {
  return { ...batchAnswer(batch), paid: tally(paid), failed: tally(failed), left: tally(left) };
}

function causeAnswer(cause: string | null): { causeZh: string | null; causeEn: string | null } {
  const texts = cause === null ? null : causeTexts(cause);
  return { causeZh: texts?.zh ?? null, causeEn: texts?.en ?? null };
}

export function lineAnswer(line: ShownLine): object {
  return {
    line: line.lineNo,
    state: line.state,
    cause: line.cause,
    ...causeAnswer(line.cause),
    amount: line.amountFen === null ? null : fenToJson(line.amountFen),
    name: line.nameMasked,
    cardTail: line.cardTail,
    paidOn: line.paidOn,
  };
}

export function paymentAnswer(cardAccountId: bigint, payment: SubsidyPayment): object {
  const { programme, programmeName, programmeNameEn, period, purse, state, cause, paidOn, entryId } = payment;
  return {
    ...{ programme, programmeName, programmeNameEn, period, purse, state, paidOn },
    ...causeAnswer(cause),
    amount: fenToJson(payment.amountFen),
    transactionId:
      state !== 'paid' || entryId === null ? null : formatTransactionId({ cardAccountId, id: entryId }),
  };
}
