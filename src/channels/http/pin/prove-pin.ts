import { checkPin, type PinJudgement } from '#access/payment-pin.ts';
import { openPinEnvelope } from '#access/rules/pin-envelope.ts';
import type { HttpParts } from '#channels/http/parts.ts';
import { type Problem, problemOf } from '#channels/http/wire/problem.ts';
import type { PinProof, Request } from '#clearing/request.ts';
import { findOutcomes } from '#clearing/store.ts';
import type { Terminal } from '#terminals/store.ts';

/** What of a body a PIN's envelope is bound to, as terminal and service both write it. */
interface Trace {
  readonly batchNumber: number;
  readonly traceNumber: number;
  readonly localTime: string;
}

/** The words that a terminal seals a PIN for: "1 42 2026-11-22T08:30:00". */
export function pinTrace({ batchNumber, traceNumber, localTime }: Trace): string {
  return `${batchNumber} ${traceNumber} ${localTime}`;
}

const proofs: Readonly<Record<PinJudgement, PinProof>> = {
  right: 'right',
  wrong: 'pin-wrong',
  locked: 'pin-locked',
  'not-set': 'pin-not-set',
};

/**
 * The request with what its PIN proves. A wrong PIN is an outcome like any other, pinned under the request's keys; so
 * the PIN of a request that was decided is not looked at again, and an honest repeat uses up no try.
 */
export async function withPin(
  parts: HttpParts,
  request: Request | Problem,
  said: Trace & { readonly pin: string; readonly terminal: Terminal },
): Promise<Request | Problem> {
  if ('code' in request) return request;
  const { terminal, pin: envelope } = said;
  const place = { terminalId: terminal.id, trace: pinTrace(said) };
  const pin = openPinEnvelope(parts.secrets.open(terminal.keySealed), envelope, place);
  if (pin === null) return problemOf('pin-envelope-invalid');
  const callerKeys = request.callerKey === null ? [] : [request.callerKey];
  const keys = { callerKeys, businessKeys: [request.businessKey] };
  if ((await findOutcomes(parts.session, keys)).length > 0) return request;
  const judgement = await parts.judgedPins.judge(`${request.card.cardAccountId} ${envelope}`, () =>
    checkPin(parts.session, parts.secrets, { ...request.card, pin }),
  );
  return { ...request, pin: proofs[judgement] };
}
