import type { Encoding } from '#iso8583/layout/layout.ts';
import { ascii, type CodePage, ebcdic037, ebcdic1047 } from './code-pages.ts';
import { worthOf } from './content/raw-bytes.ts';
import type { Bytes } from './reading.ts';

/** The length before a variable field. */
export interface LengthPrefix {
  readonly bytes: number;
  /** Negative where the bytes are no length. There are enough of them. */
  read(bytes: Bytes, at: number): number;
  write(bytes: Bytes, at: number, length: number): void;
}

/** Digits of each kind of length. LLL takes 3 bytes as text, and 2 where it is BCD or binary. */
export function lengthPrefix(digits: 2 | 3, encoding: Encoding): LengthPrefix | null {
  if (encoding === 'ascii') return asDigits(digits, ascii);
  if (encoding === 'ebcdic037') return asDigits(digits, ebcdic037);
  if (encoding === 'ebcdic1047') return asDigits(digits, ebcdic1047);
  if (encoding === 'hex-ascii') return asHexDigits(digits);
  if (encoding === 'bcd') return asNibbles(digits);
  if (encoding === 'binary') return asNumber(digits);
  return null;
}

function asDigits(digits: 2 | 3, page: CodePage): LengthPrefix {
  const zero = page.toByte['0'.charCodeAt(0)] as number;
  return {
    bytes: digits,
    read(bytes, at) {
      let length = 0;
      for (let i = at; i < at + digits; i++) {
        const digit = (bytes[i] as number) - zero;
        if (digit < 0 || digit > 9) return -1;
        length = 10 * length + digit;
      }
      return length;
    },
    write(bytes, at, length) {
      let rest = length;
      for (let i = at + digits - 1; i >= at; i--) {
        bytes[i] = zero + (rest % 10);
        rest = Math.trunc(rest / 10);
      }
    },
  };
}

function asHexDigits(digits: 2 | 3): LengthPrefix {
  return {
    bytes: digits,
    read(bytes, at) {
      let length = 0;
      for (let i = at; i < at + digits; i++) {
        const worth = worthOf(bytes[i] as number);
        if (worth > 15) return -1;
        length = 16 * length + worth;
      }
      return length;
    },
    write(bytes, at, length) {
      bytes.write(length.toString(16).toUpperCase().padStart(digits, '0'), at, 'latin1');
    },
  };
}

function asNibbles(digits: 2 | 3): LengthPrefix {
  const width = digits === 2 ? 1 : 2;
  return {
    bytes: width,
    read(bytes, at) {
      let length = 0;
      for (let i = at; i < at + width; i++) {
        const byte = bytes[i] as number;
        if (byte >> 4 > 9 || (byte & 15) > 9) return -1;
        length = 100 * length + 10 * (byte >> 4) + (byte & 15);
      }
      return length;
    },
    write(bytes, at, length) {
      const low = length % 100;
      bytes[at + width - 1] = (Math.trunc(low / 10) << 4) | (low % 10);
      if (width === 2) bytes[at] = Math.trunc(length / 100);
    },
  };
}

function asNumber(digits: 2 | 3): LengthPrefix {
  const width = digits === 2 ? 1 : 2;
  return {
    bytes: width,
    read: (bytes, at) => bytes.readUIntBE(at, width),
    write: (bytes, at, length) => {
      bytes.writeUIntBE(length, at, width);
    },
  };
}
