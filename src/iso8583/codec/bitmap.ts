import type { MessageLayout } from '#iso8583/layout/layout.ts';
import { ascii, ebcdic1047 } from './code-pages.ts';
import { worthOf } from './content/raw-bytes.ts';
import { type Bytes, fail, type Reading, type Writing } from './reading.ts';

/** The bits of the fields 1 to 32, 33 to 64, 65 to 96 and 97 to 128, the highest bit first. */
export type Bits = Int32Array;

const bytesOfMap = 8;

/** How a bitmap of 8 bytes stands in the message. */
export interface BitmapCodec {
  /**
   * Fills the bits. The bit of field 1 says that the second bitmap follows, and it follows exactly where a field above
   * 64 does: one that is empty is refused.
   */
  read(from: Reading, bits: Bits): boolean;
  write(to: Writing, bits: Bits): void;
}

/** Bitmaps as the layout has them: bytes, or their hexadecimal digits. */
export function bitmapCodec(layout: MessageLayout): BitmapCodec {
  const digits = layout.bitmap === 'binary' ? null : digitsOf(layout.bitmap);
  const width = digits === null ? bytesOfMap : 2 * bytesOfMap;
  const wordAt =
    digits === null
      ? (bytes: Bytes, at: number) => bytes.readInt32BE(at)
      : (bytes: Bytes, at: number) => readHex(bytes, at, digits.worth);
  const readMap = (from: Reading, bits: Bits, word: 0 | 2) => {
    const { bytes, at } = from;
    if (at + width > from.end) return failed(from, 'too-short', from.end);
    const [first, second] = [wordAt(bytes, at), wordAt(bytes, at + width / 2)];
    if (first === null || second === null) return failed(from, 'wrong-bitmap', at);
    bits[word] = first;
    bits[word + 1] = second;
    from.at = at + width;
    return true;
  };
  return {
    read(from, bits) {
      if (!readMap(from, bits, 0)) return false;
      if ((bits[0] as number) >= 0) {
        bits[2] = bits[3] = 0;
        return true;
      }
      const { at } = from;
      if (!readMap(from, bits, 2)) return false;
      return bits[2] !== 0 || bits[3] !== 0 || failed(from, 'wrong-bitmap', at);
    },
    write(to, bits) {
      const words = (bits[0] as number) < 0 ? 4 : 2;
      for (let i = 0; i < words; i++) {
        if (digits === null) to.bytes.writeInt32BE(bits[i] as number, to.at);
        else writeHex(to.bytes, to.at, { word: bits[i] as number, codes: digits.codes });
        to.at += width / 2;
      }
    },
  };
}

function failed(from: Reading, error: 'too-short' | 'wrong-bitmap', at: number): false {
  fail(from, error, at);
  return false;
}

interface HexDigits {
  readonly codes: Uint8Array;
  /** More than 15 for what is no digit. */
  readonly worth: Uint8Array;
}

function digitsOf(bitmap: 'hex-ascii' | 'hex-ebcdic'): HexDigits {
  // Hexadecimal digits are the same bytes in every EBCDIC.
  const page = bitmap === 'hex-ascii' ? ascii : ebcdic1047;
  const codes = Uint8Array.from('0123456789ABCDEF', (digit) => page.toByte[digit.charCodeAt(0)] as number);
  return { codes, worth: Uint8Array.from(page.toLatin1, worthOf) };
}

function readHex(bytes: Bytes, at: number, worth: Uint8Array): number | null {
  let word = 0;
  for (let i = at; i < at + 8; i++) {
    const nibble = worth[bytes[i] as number] as number;
    if (nibble > 15) return null;
    word = (word << 4) | nibble;
  }
  return word;
}

function writeHex(bytes: Bytes, at: number, { word, codes }: { word: number; codes: Uint8Array }): void {
  for (let i = 0; i < 8; i++) bytes[at + i] = codes[(word >>> (28 - 4 * i)) & 15] as number;
}
