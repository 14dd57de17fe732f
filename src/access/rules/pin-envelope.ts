import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';

/** What an envelope belongs to: it opens for no other terminal and no other transaction. */
export interface PinPlace {
  readonly terminalId: number;
  /** The transaction's trace, in the words that both sides have: the caller's choice, never empty. */
  readonly trace: string;
}

const pinNonceBytes = 12;
const version = Buffer.from([1]);
const tagBytes = 16;
const pinPattern = /^[0-9]{6}$/;
const envelopePattern = /^[A-Za-z0-9_-]{47}$/;

/**
 * Seals a payment PIN as a terminal does: AES-256-GCM under a key of its own, derived from the terminal's signing
 * key (HKDF-SHA256, label "one-card/pin"), bound to terminal and trace. Version byte, nonce, tag, six digits; in
 * base64url. `nonce` is 12 random bytes, never used twice.
 */
export function sealPin(terminalKey: Buffer, pin: string, at: PinPlace & { readonly nonce: Buffer }): string {
  if (!pinPattern.test(pin)) throw new RangeError('a PIN has six digits');
  if (at.nonce.length !== pinNonceBytes) throw new RangeError('a nonce has 12 bytes');
  const cipher = createCipheriv('aes-256-gcm', pinKey(terminalKey), at.nonce).setAAD(placeBytes(at));
  const body = Buffer.concat([cipher.update(pin, 'latin1'), cipher.final()]);
  return Buffer.concat([version, at.nonce, cipher.getAuthTag(), body]).toString('base64url');
}

/** The PIN in the envelope, or null for one that was changed, or made by or for another place. */
export function openPinEnvelope(terminalKey: Buffer, envelope: string, at: PinPlace): string | null {
  if (!envelopePattern.test(envelope)) return null;
  const bytes = Buffer.from(envelope, 'base64url');
  const [nonceAt, tagAt, bodyAt] = [1, 1 + pinNonceBytes, 1 + pinNonceBytes + tagBytes];
  if (bytes[0] !== version[0]) return null;
  const decipher = createDecipheriv('aes-256-gcm', pinKey(terminalKey), bytes.subarray(nonceAt, tagAt), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(placeBytes(at)).setAuthTag(bytes.subarray(tagAt, bodyAt));
  try {
    const pin = Buffer.concat([decipher.update(bytes.subarray(bodyAt)), decipher.final()]).toString('latin1');
    return pinPattern.test(pin) ? pin : null;
  } catch {
    return null;
  }
}

function pinKey(terminalKey: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', terminalKey, Buffer.alloc(0), 'one-card/pin', 32));
}

function placeBytes({ terminalId, trace }: PinPlace): Buffer {
  if (trace === '') throw new RangeError('an envelope is bound to a trace');
  return Buffer.from(`one-card/pin 1 ${terminalId} ${trace}`, 'utf8');
}
