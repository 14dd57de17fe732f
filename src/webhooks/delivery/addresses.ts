import { Resolver } from 'node:dns/promises';
import { isPublicAddress } from '#webhooks/rules/address.ts';
import { addressIn, isLocalName, type NetworkPolicy } from '#webhooks/rules/endpoint-url.ts';

/** What a name stands for now; an empty list where it stands for nothing. */
export type ResolveName = (hostname: string) => Promise<readonly string[]>;

const answerTimeoutMs = 3_000;
const tries = 2;
const addressesMax = 16;

/**
 * Asks the name servers themselves. Not the resolver of the machine: it blocks one of the few threads that hash
 * passwords too, and a participant chooses the name that is asked for.
 */
export function nameServerResolver(servers?: readonly string[]): ResolveName {
  const resolver = new Resolver({ timeout: answerTimeoutMs, tries });
  if (servers !== undefined) resolver.setServers([...servers]);
  return async (hostname) => {
    const none = () => [] as string[];
    const [v4, v6] = await Promise.all([
      resolver.resolve4(hostname).catch(none),
      resolver.resolve6(hostname).catch(none),
    ]);
    return [...v4, ...v6].slice(0, addressesMax);
  };
}

/** The addresses that may be connected to for this URL, or why there are none. */
export async function addressesFor(
  url: URL,
  policy: NetworkPolicy,
  resolve: ResolveName,
): Promise<readonly string[] | 'unreachable' | 'not-allowed'> {
  const written = addressIn(url);
  const found =
    written !== null ? [written] : isLocalName(url.hostname) ? ['127.0.0.1'] : await resolve(url.hostname);
  if (found.length === 0) return 'unreachable';
  // One that is not allowed refuses them all: nobody has a name for both the Internet and our network by chance.
  return policy.privateNetworks || found.every(isPublicAddress) ? found : 'not-allowed';
}
