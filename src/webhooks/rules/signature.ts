import { createHmac, createPrivateKey, type KeyObject, sign } from 'node:crypto';

/** What an endpoint's messages are signed with: a secret that it shares, and the private half of a pair of ours. */
export interface SigningKeys {
  readonly shared: Buffer;
  readonly privateKey: KeyObject;
}

const seedHeader = Buffer.from('302e020100300506032b657004220420', 'hex');
/** The 32 bytes of an Ed25519 key (RFC 8032), as they are kept. */
const seedBytes = 32;

export function privateKeyOf(seed: Buffer): KeyObject {
  if (seed.length !== seedBytes) throw new RangeError('an Ed25519 key has 32 bytes');
  return createPrivateKey({ key: Buffer.concat([seedHeader, seed]), format: 'der', type: 'pkcs8' });
}

/** As a participant keeps it: "whsec_" and base64. */
export function sharedSecretText(shared: Buffer): string {
  return `whsec_${shared.toString('base64')}`;
}

/** What `v1a` is verified with: "whpk_" and base64. */
export function publicKeyText(publicKey: Buffer): string {
  return `whpk_${publicKey.toString('base64')}`;
}

export function webhookId(messageId: bigint): string {
  return `msg_${messageId}`;
}

/** The three headers of Standard Webhooks, with both signatures under each of the keys, newest first. */
export function signedHeaders(
  message: { readonly id: bigint; readonly payload: string },
  nowMs: number,
  keys: readonly SigningKeys[],
): Record<string, string> {
  if (keys.length === 0) throw new RangeError('a message is signed, or not sent');
  const id = webhookId(message.id);
  const timestamp = String(Math.floor(nowMs / 1_000));
  const signed = Buffer.from(`${id}.${timestamp}.${message.payload}`, 'utf8');
  const signatures = keys.flatMap(({ shared, privateKey }) => [
    `v1,${createHmac('sha256', shared).update(signed).digest('base64')}`,
    `v1a,${sign(null, signed, privateKey).toString('base64')}`,
  ]);
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
