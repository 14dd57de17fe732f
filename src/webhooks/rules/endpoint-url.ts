import { isPublicAddress } from './address.ts';

/** What may be called, besides the public Internet by https. */
export interface NetworkPolicy {
  /** Private networks and plain http: for a network of one's own, and for trying things out. */
  readonly privateNetworks: boolean;
}

export const urlLengthMax = 500;

/**
 * The address of an endpoint as it is kept, or null for one that may not be called. A host that is written as an
 * address is judged here; what a name stands for is judged each time that it is called.
 */
export function endpointUrl(text: string, policy: NetworkPolicy): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const isPlain = url.protocol === 'http:' && policy.privateNetworks;
  if (url.protocol !== 'https:' && !isPlain) return null;
  // Who is asked for a name and a password there would find them in our logs; a fragment is never sent.
  if (url.username !== '' || url.password !== '' || url.hash !== '' || text.includes('#')) return null;
  if (url.href.length > urlLengthMax || /[\s@]/.test(url.href)) return null;
  const address = addressIn(url);
  if (
    !policy.privateNetworks &&
    (isLocalName(url.hostname) || (address !== null && !isPublicAddress(address)))
  )
    return null;
  return url.href;
}

/** The host where it is written as an address, without brackets; null for a name. */
export function addressIn(url: URL): string | null {
  const { hostname } = url;
  if (hostname.startsWith('[')) return hostname.slice(1, -1);
  return /^\d+(\.\d+){3}$/.test(hostname) ? hostname : null;
}

/** Names that stand for this machine wherever they are asked for (RFC 6761). */
export function isLocalName(hostname: string): boolean {
  return /^(.+\.)?localhost\.?$/i.test(hostname);
}
