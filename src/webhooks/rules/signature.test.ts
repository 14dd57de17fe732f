import { createPublicKey, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { privateKeyOf, publicKeyText, sharedSecretText, signedHeaders } from './signature.ts';

const keysOf = (fill: number) => ({
  shared: Buffer.alloc(32, fill),
  privateKey: privateKeyOf(Buffer.alloc(32, fill)),
});
const rawPublic = (fill: number) =>
  createPublicKey(keysOf(fill).privateKey).export({ format: 'der', type: 'spki' }).subarray(-32);
const message = { id: 7n, payload: '{"type":"endpoint.test","name":"椰岛"}' };

/** Verifies v1a as a receiver does: with nothing but the text that begins with whpk_. */
function verifiesPublicly(headers: Record<string, string>, publicText: string, payload: string): boolean {
  const raw = Buffer.from(publicText.slice('whpk_'.length), 'base64');
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]);
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  const signed = Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${payload}`);
  return (headers['webhook-signature'] ?? '')
    .split(' ')
    .filter((one) => one.startsWith('v1a,'))
    .some((one) => verify(null, signed, key, Buffer.from(one.slice(4), 'base64')));
}

describe('a signature', () => {
  test('is accepted by the standard library under the secret that the participant was shown', () => {
    const headers = signedHeaders(message, Date.now(), [keysOf(1)]);
    const webhook = new Webhook(sharedSecretText(Buffer.alloc(32, 1)));
    expect(webhook.verify(message.payload, headers)).toEqual(JSON.parse(message.payload));
    expect(() => webhook.verify(`${message.payload} `, headers)).toThrow('No matching signature');
  });

  test('is accepted under the public key, and for no other payload', () => {
    const headers = signedHeaders(message, Date.now(), [keysOf(1)]);
    expect(verifiesPublicly(headers, publicKeyText(rawPublic(1)), message.payload)).toBe(true);
    expect(verifiesPublicly(headers, publicKeyText(rawPublic(1)), '{}')).toBe(false);
    expect(verifiesPublicly(headers, publicKeyText(rawPublic(2)), message.payload)).toBe(false);
  });

  test('is there under the old and the new keys while they rotate', () => {
    const headers = signedHeaders(message, Date.now(), [keysOf(2), keysOf(1)]);
    for (const fill of [1, 2]) {
      const webhook = new Webhook(sharedSecretText(Buffer.alloc(32, fill)));
      expect(webhook.verify(message.payload, headers)).toEqual(JSON.parse(message.payload));
      expect(verifiesPublicly(headers, publicKeyText(rawPublic(fill)), message.payload)).toBe(true);
    }
    expect(() =>
      new Webhook(sharedSecretText(Buffer.alloc(32, 3))).verify(message.payload, headers),
    ).toThrow();
    expect(headers['webhook-signature']?.split(' ').map((one) => one.split(',')[0])).toEqual([
      ...['v1', 'v1a', 'v1', 'v1a'],
    ]);
  });

  test('is never left out', () => {
    expect(() => signedHeaders(message, 0, [])).toThrow('signed, or not sent');
    expect(() => privateKeyOf(Buffer.alloc(31))).toThrow('32 bytes');
  });
});
