import type { CardRef } from '#cards/store.ts';
import type { Kind, Request } from '#clearing/request.ts';
import { businessKey, callerKey, reversalKey, type TraceKey } from '#idempotency/rules/keys.ts';
import { bucketOf } from '#ledger/rules/accounts.ts';
import { type Fen, fen } from '#money/fen.ts';
import { sectorNamed } from '#sectors/all.ts';
import type { Terminal } from '#terminals/store.ts';
import { checkShape } from './body.ts';
import type { Problem } from './problem.ts';
import type { CaptureBody, ReversalBody, TransactionBody } from './schemas.ts';
import type { TransactionId } from './transaction-id.ts';

/** Who asks, and under which key of its own. */
export interface Caller {
  readonly terminal: Terminal;
  readonly idempotencyKey: string;
}

interface Trace {
  readonly batchNumber: number;
  readonly traceNumber: number;
  readonly localTime: string;
}

/** A payment, load or authorisation as the one path takes it; a detail that the sector does not know is a problem. */
export function newRequest(
  caller: Caller,
  body: TransactionBody,
  on: { readonly card: CardRef; readonly hold: boolean },
): Request | Problem {
  const sector = sectorNamed(body.sector);
  if (sector === undefined) throw new RangeError('the schema let an unknown sector through');
  const detail = checkShape(body.detail ?? {}, sector.detail, 'detail');
  if (!('value' in detail)) return detail;
  const kind: Kind = on.hold ? 'authorise' : sector.direction === 'loads' ? 'load' : 'payment';
  return {
    ...common(caller, body, kind),
    sector: body.sector,
    card: on.card,
    amountFen: optionalFen(body.amount),
    detail: detail.value,
  };
}

/** A capture, void or refund of an entry that is named by its transaction id. */
export function followUpRequest(
  caller: Caller,
  body: Trace & { readonly amount?: number | undefined; readonly final?: CaptureBody['final'] },
  of: { readonly kind: 'capture' | 'void' | 'refund'; readonly original: TransactionId },
): Request {
  const { cardAccountId, id } = of.original;
  return {
    ...common(caller, body, of.kind),
    // No card is presented: the original says whose it is.
    card: { cardId: 0n, cardAccountId, bucket: bucketOf(cardAccountId) },
    amountFen: optionalFen(body.amount),
    original: { id, businessKey: null },
    final: body.final ?? false,
  };
}

/** A reversal: it carries its original's trace, and its own key follows from it. */
export function reversalRequest(caller: Caller, body: ReversalBody, card: CardRef): Request {
  const trace = traceOf(caller, body);
  return {
    ...common(caller, body, 'reversal'),
    sector: body.sector,
    businessKey: reversalKey(trace),
    card,
    amountFen: optionalFen(body.amount),
    original: { id: null, businessKey: businessKey(trace) },
  };
}

function common(caller: Caller, trace: Trace, kind: Kind) {
  const terminalId = caller.terminal.id;
  return {
    kind,
    sector: caller.terminal.sector,
    callerKey: callerKey(String(terminalId), caller.idempotencyKey),
    businessKey: businessKey(traceOf(caller, trace)),
    terminalId,
    batchNumber: trace.batchNumber,
    localTime: trace.localTime.replace('T', ' '),
    original: null,
    detail: {},
    final: false,
  };
}

function traceOf(caller: Caller, trace: Trace): TraceKey {
  const { batchNumber, traceNumber, localTime } = trace;
  return { terminalId: caller.terminal.id, batchNumber, traceNumber, localDate: localTime.slice(0, 10) };
}

function optionalFen(amount: number | undefined): Fen | null {
  return amount === undefined ? null : fen(amount);
}
