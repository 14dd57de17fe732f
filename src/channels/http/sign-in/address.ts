import { type HttpContext, incomingOf } from '#channels/http/parts.ts';

/** The client's address as the connection says it. A header could say anything, so none is believed. */
export function addressOf(c: HttpContext): string {
  return incomingOf(c)?.socket.remoteAddress ?? '';
}
