import { createHmac, hash, timingSafeEqual } from 'node:crypto';

/** A terminal's signature is good for five minutes before and after the server's time. */
export const signatureWindowMs = 5 * 60_000;

/** What a terminal signs: nothing of the request can be changed without its key. */
export interface SignedRequest {
  readonly method: string;
  /** With the query, as it stands in the request line. */
  readonly path: string;
  /** Milliseconds since 1970, as written in the request. */
  readonly time: string;
  /** The idempotency key as written in the request; empty where there is none. */
  readonly key: string;
  readonly body: Uint8Array;
}

export type SignatureRefusal = 'signature-missing' | 'signature-wrong' | 'clock-skew';

/** HMAC-SHA256 in hex over method, path, time, key and the body's SHA-256, a line each. */
export function signRequest(terminalKey: Parameters<typeof createHmac>[1], request: SignedRequest): string {
  const bodyDigest = hash('sha256', request.body, 'hex');
  const text = `${request.method}\n${request.path}\n${request.time}\n${request.key}\n${bodyDigest}`;
  return createHmac('sha256', terminalKey).update(text).digest('hex');
}

/** Why a signature is not good, or null. The time is judged after the signature: only the terminal may learn it. */
export function refuseSignature(
  terminalKey: Parameters<typeof createHmac>[1],
  request: SignedRequest & { readonly signature: string },
  nowMs: number,
): SignatureRefusal | null {
  if (!/^[0-9a-f]{64}$/.test(request.signature) || !/^\d{13}$/.test(request.time)) return 'signature-missing';
  const wanted = Buffer.from(signRequest(terminalKey, request), 'latin1');
  if (!timingSafeEqual(wanted, Buffer.from(request.signature, 'latin1'))) return 'signature-wrong';
  return Math.abs(Number(request.time) - nowMs) > signatureWindowMs ? 'clock-skew' : null;
}
