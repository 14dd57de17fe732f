import { type Exchange, type Reply, refusedWith } from '#channels/pos/exchange/exchange.ts';
import type { PosParts } from '#channels/pos/parts.ts';
import type { PosRefusal } from '#channels/pos/response-codes.ts';
import type { Transaction } from '#channels/pos/rules/asked.ts';
import { readRetrievalNumber, retrievalNumber } from '#channels/pos/rules/retrieval-number.ts';
import type { Answer } from '#clearing/outcome.ts';
import type { Request } from '#clearing/request.ts';
import { sectorNamed } from '#sectors/all.ts';
import { adjustment } from './adjust.ts';
import { followUpRequest } from './follow-up.ts';
import { newRequest } from './new-request.ts';
import { reversalRequest } from './reversal.ts';
import { readTrace, type Traced } from './trace.ts';

/** A request of the one path, or why there is none; or the answer, where nothing has to move. */
type Made = Request | PosRefusal | Reply;

/** Makes a transaction's request and has it cleared. */
export function transact(parts: PosParts, exchange: Exchange, transaction: Transaction): Promise<Reply> {
  return clearTraced(parts, exchange, (traced) => makeRequest(parts, traced, transaction));
}

/** Takes a transaction back. */
export function reverse(parts: PosParts, exchange: Exchange, transaction: Transaction): Promise<Reply> {
  return clearTraced(parts, exchange, (traced) => reversalRequest(parts, traced, transaction));
}

async function clearTraced(
  parts: PosParts,
  exchange: Exchange,
  make: (traced: Traced) => Made | Promise<Made>,
): Promise<Reply> {
  const sector = sectorNamed(exchange.terminal.sector);
  if (sector === undefined || sector.ofRoom === true) return refusedWith('kind-not-allowed');
  const named = readTrace(parts, exchange);
  const trace = named instanceof Promise ? await named : named;
  if (typeof trace === 'string') return refusedWith(trace);
  const making = make({ ...exchange, trace, sector });
  const request = making instanceof Promise ? await making : making;
  if (typeof request === 'string') return refusedWith(request);
  if ('refusal' in request) return request;
  const answer = await parts.clearing.submit({ request, isRepeat: exchange.type.isRepeat });
  return replyOf(exchange, request, answer);
}

function makeRequest(parts: PosParts, traced: Traced, transaction: Transaction): Made | Promise<Made> {
  switch (transaction) {
    case 'purchase':
      return newRequest(parts, traced, 'payment');
    case 'load':
      return newRequest(parts, traced, 'load');
    case 'pre-authorisation':
      return newRequest(parts, traced, 'authorise');
    case 'completion':
    case 'part-completion':
    case 'void':
    case 'completion-void':
    case 'refund':
      return followUpRequest(parts, traced, transaction);
    case 'adjustment':
      return adjustment(parts, traced);
  }
}

function replyOf({ message }: Exchange, { original }: Request, answer: Answer): Reply {
  if (answer.status !== 'decided') return refusedWith(answer.status);
  if (answer.isArchived === true) return refusedWith('repeat-archived');
  // A retrieval number that named the original is not this transaction's own.
  const named = readRetrievalNumber(message.fields[37]);
  const isOriginals = original !== null && named !== null && named === original.id;
  const fields = isOriginals ? { 37: retrievalNumber(answer.id) } : {};
  return { refusal: answer.refusal, outcome: answer, fields };
}
