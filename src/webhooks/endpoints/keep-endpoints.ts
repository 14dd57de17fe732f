import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { Actor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import { inTransaction, type Pool, type Session, sessionOf } from '#platform/postgres.ts';
import type { Secrets } from '#platform/secrets.ts';
import { endpointsMax, isListening, lockFeed, readHeads } from '#webhooks/feed/store.ts';
import { endpointUrl, type NetworkPolicy } from '#webhooks/rules/endpoint-url.ts';
import { publicKeyText, sharedSecretText } from '#webhooks/rules/signature.ts';
import {
  countEndpoints,
  countRotations,
  type DisableReason,
  disableEndpoint,
  type Endpoint,
  enableEndpoint,
  findEndpoint,
  insertEndpoint,
  lockEndpointsOf,
  replaceKeys,
  restartEndpoint,
  type SealedKeys,
} from './store.ts';

/** A participant's endpoints: those that are active, and all that it ever had. */
const activeEndpointsMax = 5;
const endpointsEverMax = 100;
const sharedBytes = 32;
/** So often a participant may change keys in a day, over all its endpoints: what is kept of each is kept for good. */
export const rotationsADayMax = 20;
/** The keys before are used beside new ones for a day. */
export const rotationOverlapSeconds = 86_400;

export interface EndpointParts {
  readonly pool: Pool;
  readonly secrets: Pick<Secrets, 'sealWebhook'>;
  readonly policy: NetworkPolicy;
}

export type EndpointRefusal = 'endpoint-url-not-allowed' | 'too-many-endpoints' | 'endpoint-unknown';

export type RotationRefusal = 'endpoint-unknown' | 'too-many-rotations';

/** What is shown once, and never again. */
export interface ShownKeys {
  readonly secret: string;
  readonly publicKey: string;
}

/** Lets a participant listen at a place of its own, from now on. */
export async function createEndpoint(
  parts: EndpointParts,
  wish: { readonly participantId: number; readonly url: string },
  by: Actor,
): Promise<{ readonly endpoint: Endpoint; readonly keys: ShownKeys } | EndpointRefusal> {
  const { participantId } = wish;
  const url = endpointUrl(wish.url, parts.policy);
  if (url === null) return 'endpoint-url-not-allowed';
  return inTransaction(parts.pool, async (client) => {
    const session = sessionOf(client);
    await lockEndpointsOf(session, participantId);
    const counts = await countEndpoints(session, participantId);
    if (!mayBeActive(counts) || counts.ofParticipant >= endpointsEverMax) return 'too-many-endpoints';
    await lockFeed(session);
    const id = await insertEndpoint(session, { participantId, url, from: await readHeads(session) });
    const keys = await giveKeys(parts, session, id);
    const endpoint = await mustFind(session, id);
    await note(session, { by, act: 'webhook-endpoint-made', id });
    return { endpoint, keys };
  });
}

function mayBeActive(counts: { readonly activeOfParticipant: number; readonly active: number }): boolean {
  return counts.activeOfParticipant < activeEndpointsMax && counts.active < endpointsMax;
}

/** Gives an endpoint new keys. The old ones are used beside them for a day, so that nothing is lost meanwhile. */
export async function rotateKeys(
  parts: EndpointParts,
  named: { readonly id: bigint; readonly participantId: number },
  by: Actor,
): Promise<ShownKeys | RotationRefusal> {
  return inTransaction(parts.pool, async (client) => {
    const session = sessionOf(client);
    await lockEndpointsOf(session, named.participantId);
    if ((await findEndpoint(session, named.id, named.participantId)) === null) return 'endpoint-unknown';
    if ((await countRotations(session, named.participantId)) >= rotationsADayMax) return 'too-many-rotations';
    const keys = await giveKeys(parts, session, named.id);
    await note(session, { by, act: 'webhook-keys-rotated', id: named.id });
    return keys;
  });
}

/** Disables an endpoint: the participant's own, or any for staff (no participant is named). */
export async function disable(
  parts: Pick<EndpointParts, 'pool'>,
  named: { readonly id: bigint; readonly participantId: number | null; readonly reason: DisableReason },
  by: Actor,
): Promise<Endpoint | 'endpoint-unknown'> {
  return inTransaction(parts.pool, async (client) => {
    const session = sessionOf(client);
    const found = await findEndpoint(session, named.id, named.participantId);
    if (found === null) return 'endpoint-unknown';
    if (found.state === 'disabled') return found;
    await disableEndpoint(session, named.id, named.reason);
    const endpoint = await mustFind(session, named.id);
    await note(session, { by, act: 'webhook-endpoint-disabled', id: named.id });
    return endpoint;
  });
}

/**
 * Enables an endpoint again. What happened while it was disabled is sent, a week back at the most; one that was
 * disabled for longer begins anew. The answer says from when.
 */
export async function enable(
  parts: Pick<EndpointParts, 'pool'>,
  named: { readonly id: bigint; readonly participantId: number },
  by: Actor,
): Promise<{ readonly endpoint: Endpoint; readonly missedNothing: boolean } | EndpointRefusal> {
  return inTransaction(parts.pool, async (client) => {
    const session = sessionOf(client);
    await lockEndpointsOf(session, named.participantId);
    const found = await findEndpoint(session, named.id, named.participantId);
    if (found === null) return 'endpoint-unknown';
    if (found.state === 'active') return { endpoint: found, missedNothing: true };
    if (!mayBeActive(await countEndpoints(session, named.participantId))) return 'too-many-endpoints';
    await lockFeed(session);
    const missedNothing = await isListening(session, named.id);
    if (!missedNothing) await restartEndpoint(session, named.id, await readHeads(session));
    await enableEndpoint(session, named.id);
    const endpoint = await mustFind(session, named.id);
    await note(session, { by, act: 'webhook-endpoint-enabled', id: named.id });
    return { endpoint, missedNothing };
  });
}

async function giveKeys(parts: EndpointParts, session: Session, endpointId: bigint): Promise<ShownKeys> {
  const shared = randomBytes(sharedBytes);
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  // The last 32 bytes of either encoding are the key itself (RFC 8410).
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const keys: SealedKeys = {
    sharedSealed: parts.secrets.sealWebhook(shared),
    privateSealed: parts.secrets.sealWebhook(seed),
    publicKey: raw,
  };
  await replaceKeys(session, endpointId, { keys, overlapSeconds: rotationOverlapSeconds });
  return { secret: sharedSecretText(shared), publicKey: publicKeyText(raw) };
}

async function mustFind(session: Session, id: bigint): Promise<Endpoint> {
  const endpoint = await findEndpoint(session, id, null);
  if (endpoint === null) throw new Error('a webhook endpoint that was there is gone');
  return endpoint;
}

/** The audit row is the last thing that a transaction writes. */
async function note(
  session: Session,
  { by, act, id }: { readonly by: Actor; readonly act: string; readonly id: bigint },
): Promise<void> {
  await recordAudit(session, [{ actor: by, act, subject: `webhook-endpoint ${id}`, reason: '' }]);
}
