import { createHmac } from 'node:crypto';
import type { KeyAlgorithm, KeyForm, MacMode } from '#terminals/keys/key-service.ts';
import { byteOf, decipher, encipher } from './block-cipher.ts';
import { algorithmOf } from './mac.ts';

/** A terminal's master key: what its working keys are sent under, and nothing else. */
export interface MasterKey {
  readonly algorithm: KeyAlgorithm;
  readonly key: Uint8Array;
}

/** What a terminal works with until it signs on again. */
export interface WorkingKeys {
  readonly pin: Buffer;
  readonly mac: Buffer;
  readonly track: Buffer | null;
}

export interface AskedKeys {
  readonly form: KeyForm;
  readonly mode: MacMode;
}

/** Random bytes that one set of working keys is made of. */
export const seedBytes = 32;
/** A key's check value is the first bytes of a block of zeros under it. */
const checkBytes = 4;
const placeBytes = 16;
const noKey = Buffer.alloc(8);

/**
 * The working keys that a form has in a mode, out of a set's random bytes (HMAC-SHA256, a label each). The set is the
 * same whatever form is asked for, so nobody makes a terminal's offered keys void by asking for another; and each
 * form has keys of its own, so that none is used in two ways.
 */
export function drawKeys(seed: Uint8Array, { form, mode }: AskedKeys): WorkingKeys {
  if (seed.length !== seedBytes) throw new RangeError('a set of keys is made of 32 bytes');
  const draw = (name: string, bytes: number) => {
    const key = createHmac('sha256', seed).update(`${mode} ${form} ${name}`).digest().subarray(0, bytes);
    return algorithmOf[mode] === '3des' ? withOddParity(key) : key;
  };
  const isSingle = form === '001' && mode !== 'sm4';
  // UnionPay's forms fill a single-length MAC key up with zeros; X9.19 needs both halves, and SM4 knows no single one.
  const macLength = mode === 'cup-ecb' || isSingle ? 8 : placeBytes;
  return {
    pin: draw('pin', isSingle ? 8 : placeBytes),
    mac: draw('mac', macLength),
    track: form === '004' ? draw('track', placeBytes) : null,
  };
}

/** Odd parity in each byte, as DES keys are written. */
export function withOddParity(key: Buffer): Buffer {
  return key.map((byte) => (hasOddParity(byte & 0xfe) ? byte & 0xfe : byte | 1)) as Buffer;
}

function hasOddParity(byte: number): boolean {
  let folded = byte ^ (byte >> 4);
  folded ^= folded >> 2;
  folded ^= folded >> 1;
  return (folded & 1) === 1;
}

/** The first four bytes of a block of zeros under the key. */
export function checkValueOf(algorithm: KeyAlgorithm, key: Uint8Array): Buffer {
  return encipher(algorithm, key, Buffer.alloc(placeBytes)).subarray(0, checkBytes);
}

/**
 * Field 62 of a sign-on's answer, in upper-case hexadecimal: 24 bytes (PIK8 KCV4 MAK8 KCV4) in form 001, 40 (PIK16
 * KCV4 MAK16 KCV4, a single-length MAK followed by zeros) in form 003, 60 (and TDK16 KCV4) in form 004. SM4 has no
 * single length: form 001 is answered as form 003.
 */
export function writeField62(master: MasterKey, keys: WorkingKeys): string {
  const isSingle = keys.pin.length === 8;
  const place = (key: Buffer) => {
    const wrapped = encipher(master.algorithm, master.key, key);
    const filled = isSingle || wrapped.length === placeBytes ? [wrapped] : [wrapped, noKey];
    return Buffer.concat([...filled, checkValueOf(master.algorithm, key)]);
  };
  const all = keys.track === null ? [keys.pin, keys.mac] : [keys.pin, keys.mac, keys.track];
  return Buffer.concat(all.map(place)).toString('hex').toUpperCase();
}

/** The keys in field 62, as the terminal opens them: null where a check value does not fit, or for another length. */
export function openField62(master: MasterKey, field62: string): WorkingKeys | null {
  if (!/^([0-9A-F]{48}|[0-9A-F]{80}|[0-9A-F]{120})$/.test(field62)) return null;
  const bytes = Buffer.from(field62, 'hex');
  const step = bytes.length === 24 ? 8 + checkBytes : placeBytes + checkBytes;
  if (step < placeBytes && master.algorithm === 'sm4') return null;
  const places = Array.from({ length: bytes.length / step }, (_, at) =>
    bytes.subarray(at * step, (at + 1) * step),
  );
  const [pin = null, mac = null, track = null] = places.map((place, at) =>
    openPlace(master, place, at === 1),
  );
  if (pin === null || mac === null || (places.length === 3 && track === null)) return null;
  return { pin, mac, track };
}

function openPlace(master: MasterKey, place: Buffer, isMac: boolean): Buffer | null {
  const wrapped = place.subarray(0, -checkBytes);
  const isSingle = isMac && master.algorithm === '3des' && wrapped.subarray(8).equals(noKey);
  const key = decipher(master.algorithm, master.key, isSingle ? wrapped.subarray(0, 8) : wrapped);
  return checkValueOf(master.algorithm, key).equals(place.subarray(-checkBytes)) ? key : null;
}

/** Two components of a key: who holds one knows nothing of it; XORed they are the key. */
export function splitKey(key: Uint8Array, first: Uint8Array): readonly [Buffer, Buffer] {
  if (first.length !== key.length) throw new RangeError('a component is as long as its key');
  return [Buffer.from(first), Buffer.from(key.map((byte, at) => byte ^ byteOf(first, at)))];
}
