import type { PosParts } from '#channels/pos/parts.ts';
import type { Request } from '#clearing/request.ts';
import type { Traced } from './trace.ts';

/** The request with what its PIN proves, where one was typed. */
export function withTypedPin(
  parts: PosParts,
  { message, session }: Pick<Traced, 'message' | 'session'>,
  of: { readonly request: Request; readonly cardNumber: string },
): Request | Promise<Request | 'pin-block-invalid'> | 'pin-block-invalid' {
  const { request, cardNumber } = of;
  const block = message.fields[52];
  if (block === undefined || /^0*$/.test(block)) return request;
  if (session === null) return 'pin-block-invalid';
  const { cardAccountId } = request.card;
  const pin = { block: Buffer.from(block, 'hex'), cardNumber, cardAccountId };
  // The same message is the same typing, however often it comes.
  const envelope = `${cardAccountId} ${request.businessKey} ${block}`;
  return parts.provePin(request, { envelope, check: () => session.pinCheck(pin) });
}

/** Whether a PIN was typed at all. */
export function hasPin({ message }: Pick<Traced, 'message'>): boolean {
  const block = message.fields[52];
  return block !== undefined && !/^0*$/.test(block);
}
