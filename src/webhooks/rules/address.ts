import ipaddr from 'ipaddr.js';

/** IPv6 that is routed anywhere is of this block; the rest of it is set aside. */
const globalUnicast: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];
/** NAT64 (RFC 6052): the last 32 bits are the IPv4 address that is meant. */
const nat64: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('64:ff9b::'), 96];
/** Set aside for one purpose or another, but ordinary by the library's list. */
const setAside: readonly [ipaddr.IPv4, number][] = [
  [ipaddr.IPv4.parse('192.0.0.0'), 24],
  [ipaddr.IPv4.parse('192.88.99.0'), 24],
  [ipaddr.IPv4.parse('198.18.0.0'), 15],
];

/**
 * Whether an address is one of the public Internet. Whatever else it may be (loopback, private, shared by a carrier,
 * link-local with its metadata services, multicast, reserved, a tunnel or a translation into any of them), and whatever
 * is no address at all, is not.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  return address instanceof ipaddr.IPv6 ? isPublicV6(address) : isPublicV4(address as ipaddr.IPv4);
}

function isPublicV4(address: ipaddr.IPv4): boolean {
  return address.range() === 'unicast' && !setAside.some((block) => address.match(block));
}

function isPublicV6(address: ipaddr.IPv6): boolean {
  if (address.isIPv4MappedAddress()) return isPublicV4(address.toIPv4Address());
  if (address.match(nat64)) return isPublicV4(new ipaddr.IPv4(address.toByteArray().slice(12)));
  return address.range() === 'unicast' && address.match(globalUnicast);
}
