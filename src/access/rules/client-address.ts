/** What a proxy of ours writes: it only names a counter, so it need not be more than short and plain. */
const addressLike = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f:.]{2,45})$/;

/** What a connection says of where it comes from. */
export interface SeenConnection {
  /** The other end of the connection. */
  readonly peer: string;
  /** X-Forwarded-For as it came: anybody can write one, and each proxy adds an address at its end. */
  readonly forwardedFor: string;
}

/**
 * The client's address. The header is believed only from the one proxy that stands before us, and of it only what
 * that proxy wrote itself: its last address. Without one everybody behind the proxy would share the tries of one.
 */
export function clientAddress(
  { peer, forwardedFor }: SeenConnection,
  proxyAddress: string | undefined,
): string {
  if (proxyAddress === undefined || plain(peer) !== plain(proxyAddress)) return peer;
  const last = forwardedFor.slice(forwardedFor.lastIndexOf(',') + 1).trim();
  return addressLike.test(last) ? last : peer;
}

/** A socket for both families names an IPv4 address as a part of IPv6. */
function plain(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
}
