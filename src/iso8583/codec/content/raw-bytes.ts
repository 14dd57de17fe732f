import { asBytes, type Content, fail } from '#iso8583/codec/reading.ts';
import { textOf } from './short-text.ts';

const hexDigits = '0123456789ABCDEF';
const codeOf = Uint8Array.from(hexDigits, (digit) => digit.charCodeAt(0));
/** What a hexadecimal digit is worth, and 255 for what is none: lower case is none, so each value has one form. */
const worth = new Uint8Array(256).fill(255);
codeOf.forEach((code, nibble) => {
  worth[code] = nibble;
});
const bytesMax = 999;
/** Two digits at a time: the text of each byte, and of a whole value. */
const pairs = new Uint16Array(
  new Uint8Array(Array.from({ length: 256 }, (_, byte) => digitsOf(byte)).flat()).buffer,
);
const pairsOfValue = new Uint16Array(bytesMax);
const hex = asBytes(new Uint8Array(pairsOfValue.buffer));

/** Bytes as they are; as text they are upper-case hexadecimal. A unit is a byte. */
export const rawBytes: Content = {
  widthOf: (units) => units,
  charactersMax: (units) => 2 * units,
  read(from, units) {
    const { bytes, at } = from;
    const end = at + units;
    if (end > from.end) return fail(from, 'too-short', from.end);
    from.at = end;
    return hexOf(bytes, at, end);
  },
  write(to, text) {
    if ((text.length & 1) === 1) return -1;
    const { bytes, at } = to;
    const units = text.length >> 1;
    for (let i = 0; i < units; i++) {
      const byte = (worthOf(text.charCodeAt(2 * i)) << 4) | worthOf(text.charCodeAt(2 * i + 1));
      if (byte > 255) return -1;
      bytes[at + i] = byte;
    }
    to.at = at + units;
    return units;
  },
};

/** Bytes as their hexadecimal digits. A unit is a byte of the value, so two of what is sent. */
export const hexText: Content = {
  widthOf: (units) => 2 * units,
  charactersMax: (units) => 2 * units,
  read(from, units) {
    const { bytes, at } = from;
    const end = at + 2 * units;
    if (end > from.end) return fail(from, 'too-short', from.end);
    for (let i = at; i < end; i++) {
      if (worth[bytes[i] as number] === 255) return fail(from, 'wrong-content', i);
    }
    from.at = end;
    return bytes.latin1Slice(at, end);
  },
  write(to, text) {
    if ((text.length & 1) === 1) return -1;
    const { bytes, at } = to;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (worthOf(code) > 15) return -1;
      bytes[at + i] = code;
    }
    to.at = at + text.length;
    return text.length >> 1;
  },
};

function hexOf(bytes: Uint8Array, start: number, end: number): string {
  for (let i = start; i < end; i++) pairsOfValue[i - start] = pairs[bytes[i] as number] as number;
  return textOf(hex, 0, 2 * (end - start));
}

function digitsOf(byte: number): [number, number] {
  return [codeOf[byte >> 4] as number, codeOf[byte & 15] as number];
}

/** More than 15 for what is no hexadecimal digit. */
export function worthOf(code: number): number {
  return code > 255 ? 255 : (worth[code] as number);
}
