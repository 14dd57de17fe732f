import { type BlockAlgorithm, blockBytesOf, byteOf, decipher, encipher } from './block-cipher.ts';

/** Under which key a PIN block stands. */
export interface PinKey {
  readonly algorithm: BlockAlgorithm;
  readonly key: Uint8Array;
}

const sixDigits = /^\d{6}$/;
const anyPin = /^\d{4,12}$/;
const anyCardNumber = /^\d{12,19}$/;

/**
 * A PIN in a block, as a terminal makes it: ISO 9564-1 format 0 (8 bytes, with the card number) for triple DES,
 * format 4 (16 bytes) for ciphers with blocks of 16. `fill` is 8 random bytes; format 0 has no place for them.
 */
export function encodePinBlock(
  pinKey: PinKey,
  { pin, cardNumber, fill }: { readonly pin: string; readonly cardNumber: string; readonly fill: Uint8Array },
): Buffer {
  if (!anyPin.test(pin) || !anyCardNumber.test(cardNumber) || fill.length !== 8)
    throw new RangeError('a PIN block takes 4 to 12 digits, a card number of 12 to 19 and 8 bytes of fill');
  const { algorithm, key } = pinKey;
  const length = pin.length.toString(16);
  if (blockBytesOf(algorithm) === 8) {
    const clear = Buffer.from(`0${length}${pin.padEnd(14, 'f')}`, 'hex');
    return encipher(algorithm, key, xored(clear, accountField(cardNumber)));
  }
  const clear = Buffer.concat([Buffer.from(`4${length}${pin.padEnd(14, 'a')}`, 'hex'), fill]);
  return encipher(algorithm, key, xored(encipher(algorithm, key, clear), cardField(cardNumber)));
}

/** The six digits in a block, or null: another length of PIN, another card number's or key's block, or no block. */
export function decodePinBlock(
  { algorithm, key }: PinKey,
  { block, cardNumber }: { readonly block: Uint8Array; readonly cardNumber: string },
): string | null {
  const blockBytes = blockBytesOf(algorithm);
  if (block.length !== blockBytes || !anyCardNumber.test(cardNumber)) return null;
  if (blockBytes === 8)
    return sixOf(xored(decipher(algorithm, key, block), accountField(cardNumber)), '06', 'ffffffff');
  const clear = decipher(algorithm, key, xored(decipher(algorithm, key, block), cardField(cardNumber)));
  return sixOf(clear.subarray(0, 8), '46', 'aaaaaaaa');
}

function sixOf(field: Buffer, head: string, tail: string): string | null {
  const text = field.toString('hex');
  const pin = text.slice(2, 8);
  return text.startsWith(head) && text.endsWith(tail) && sixDigits.test(pin) ? pin : null;
}

/** Format 0: the twelve digits before the check digit. */
function accountField(cardNumber: string): Buffer {
  return Buffer.from(`0000${cardNumber.slice(-13, -1).padStart(12, '0')}`, 'hex');
}

/** Format 4: how many digits it has more than twelve, and all of them. */
function cardField(cardNumber: string): Buffer {
  return Buffer.from(`${cardNumber.length - 12}${cardNumber}`.padEnd(32, '0'), 'hex');
}

function xored(a: Buffer, b: Buffer): Buffer {
  for (let at = 0; at < a.length; at++) a[at] = byteOf(a, at) ^ byteOf(b, at);
  return a;
}
