import type { CodePage } from '#iso8583/codec/code-pages.ts';
import { asBytes, type Content, fail } from '#iso8583/codec/reading.ts';
import type { FieldType } from '#iso8583/layout/layout.ts';
import { textOf } from './short-text.ts';

/** What a type may hold. Letters and digits may be padded with spaces, which are part of the value. */
const patterns: Readonly<Record<Exclude<FieldType, 'b' | 'xn'>, RegExp>> = {
  n: /^[0-9]$/,
  a: /^[A-Za-z ]$/,
  an: /^[A-Za-z0-9 ]$/,
  ans: /^[\x20-\x7e]$/,
  z: /^[0-9=]$/,
};

/** 1 for each character below 256 that the type may hold. */
function allowedOf(type: keyof typeof patterns): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) =>
    patterns[type].test(String.fromCharCode(code)) ? 1 : 0,
  );
}

/** No field is longer, so neither is what is translated at once. */
const charactersMax = 999;
const translated = asBytes(Buffer.alloc(charactersMax));

/** Text of one byte a character. */
export function characters(type: keyof typeof patterns, page: CodePage): Content {
  const allowed = allowedOf(type);
  const allowedBytes = Uint8Array.from(page.toLatin1, (character) => allowed[character] as number);
  const { toLatin1, toByte } = page;
  const isPlain = toLatin1.every((character, byte) => character === byte);
  return {
    widthOf: (units) => units,
    charactersMax: (units) => units,
    read(from, units) {
      const { bytes, at } = from;
      const end = at + units;
      if (end > from.end) return fail(from, 'too-short', from.end);
      for (let i = at; i < end; i++) {
        if (allowedBytes[bytes[i] as number] === 0) return fail(from, 'wrong-content', i);
      }
      from.at = end;
      if (isPlain) return textOf(bytes, at, units);
      for (let i = 0; i < units; i++) translated[i] = toLatin1[bytes[at + i] as number] as number;
      return textOf(translated, 0, units);
    },
    write(to, text) {
      const { bytes, at } = to;
      const { length } = text;
      for (let i = 0; i < length; i++) {
        const code = text.charCodeAt(i);
        if (code > 255 || allowed[code] === 0) return -1;
        bytes[at + i] = toByte[code] as number;
      }
      to.at = at + length;
      return length;
    },
  };
}
