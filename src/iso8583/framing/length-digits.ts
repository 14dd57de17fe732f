import type { LengthLayout } from './framing.ts';

type Kind = LengthLayout['kind'];

/** The length that the bytes say, or null where they are no digits. */
export function readLength(kind: Kind, bytes: Buffer): number | null {
  switch (kind) {
    case 'binary':
      return bytes.readUIntBE(0, bytes.length);
    case 'bcd':
      return number(bytes.toString('hex'), /^\d+$/, 10);
    case 'ascii':
      return number(bytes.toString('latin1'), /^\d+$/, 10);
    case 'hex-ascii':
      return number(bytes.toString('latin1'), /^[\dA-Fa-f]+$/, 16);
    case 'none':
      return null;
  }
}

/** The bytes that say a length. It must be at most `lengthMax`. */
export function writeLength({ kind, bytes }: LengthLayout, value: number): Buffer {
  switch (kind) {
    case 'binary':
      return binary(bytes, value);
    case 'bcd':
      return Buffer.from(String(value).padStart(bytes * 2, '0'), 'hex');
    case 'ascii':
      return Buffer.from(String(value).padStart(bytes, '0'), 'latin1');
    case 'hex-ascii':
      return Buffer.from(value.toString(16).padStart(bytes, '0'), 'latin1');
    case 'none':
      return Buffer.alloc(0);
  }
}

/** The largest length that can be said: 9999 of two bytes of BCD. */
export function lengthMax({ kind, bytes }: LengthLayout): number {
  switch (kind) {
    case 'binary':
      return 256 ** bytes - 1;
    case 'bcd':
      return 100 ** bytes - 1;
    case 'ascii':
      return 10 ** bytes - 1;
    case 'hex-ascii':
      return 16 ** bytes - 1;
    case 'none':
      return Number.MAX_SAFE_INTEGER;
  }
}

function number(text: string, digits: RegExp, base: 10 | 16): number | null {
  return digits.test(text) ? Number.parseInt(text, base) : null;
}

function binary(bytes: number, value: number): Buffer {
  const written = Buffer.alloc(bytes);
  written.writeUIntBE(value, 0, bytes);
  return written;
}
