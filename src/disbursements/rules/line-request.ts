import type { Request } from '#clearing/request.ts';
import { namedKey } from '#idempotency/rules/keys.ts';
import { bucketOf } from '#ledger/rules/accounts.ts';
import { fen } from '#money/fen.ts';

/** What of a batch stands in each of its payments. Nothing of it changes between two tries of a line. */
export interface PaidBatch {
  readonly id: bigint;
  readonly programme: string;
  readonly period: string;
  readonly purse: string;
  readonly terminalId: number;
  /** When it was imported, "2026-11-22 08:30:00": a repeat must say the same, whenever it is sent. */
  readonly localTime: string;
}

/** A line that is to be paid. */
export interface PayableLine {
  readonly lineNo: number;
  readonly attempt: number;
  readonly amountFen: bigint;
  readonly cardAccountId: bigint;
  readonly cardId: bigint;
}

/**
 * The payment of a line, named by batch, line and attempt: however often it is sent, and by whomever, it is one.
 * A refusal is pinned under that name, so only a corrected line, which is another attempt, is asked for anew.
 */
export function lineRequest(batch: PaidBatch, line: PayableLine, batchNumber: number): Request {
  const { cardAccountId, cardId } = line;
  const { programme, period, purse } = batch;
  return {
    kind: 'load',
    sector: 'subsidies',
    callerKey: null,
    businessKey: namedKey(`subsidy ${batch.id}`, `${line.lineNo}/${line.attempt}`),
    card: { cardId, cardAccountId, bucket: bucketOf(cardAccountId) },
    terminalId: batch.terminalId,
    batchNumber,
    amountFen: fen(line.amountFen),
    localTime: batch.localTime,
    original: null,
    detail: { programme, period, purse },
    final: false,
  };
}
