import { clientAddress } from '#access/rules/client-address.ts';
import { type HttpContext, type HttpParts, headerOf, incomingOf } from '#channels/http/parts.ts';

/** The client's address: the connection's, or what the proxy before us says. */
export function addressOf(c: HttpContext, { signIns }: HttpParts): string {
  const peer = incomingOf(c)?.socket.remoteAddress ?? '';
  return clientAddress({ peer, forwardedFor: headerOf(c, 'x-forwarded-for') }, signIns.proxyAddress);
}
