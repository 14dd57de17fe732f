import { openPinEnvelope } from '#access/rules/pin-envelope.ts';
import type { HttpParts } from '#channels/http/parts.ts';
import { type Problem, problemOf } from '#channels/http/wire/problem.ts';
import { provePin } from '#clearing/prove-pin.ts';
import type { Request } from '#clearing/request.ts';
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

/** The request with what its PIN proves. An envelope that does not open is refused, also where the request is decided. */
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
  const { cardAccountId } = request.card;
  const proved = await provePin(parts, request, {
    envelope: `${cardAccountId} ${envelope}`,
    check: () => parts.secrets.pinCheck(cardAccountId, pin),
  });
  return proved === 'pin-block-invalid' ? problemOf('pin-envelope-invalid') : proved;
}
