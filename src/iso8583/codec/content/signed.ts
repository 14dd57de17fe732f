import { ascii, type CodePage } from '#iso8583/codec/code-pages.ts';
import { type Content, fail, type Reading } from '#iso8583/codec/reading.ts';
import { characters } from './characters.ts';
import { nibbles, type Padding } from './nibbles.ts';

/** C is credit, D is debit; the sign counts as a unit. */
const signs = ['C', 'D'] as const;

/** A sign and digits, one character each. */
export function signedCharacters(page: CodePage): Content {
  return signed(characters('n', page), page);
}

/** A sign as a character, and digits two a byte. */
export function signedNibbles(padding: Padding): Content {
  return signed(nibbles('n', padding), ascii);
}

function signed(digits: Content, page: CodePage): Content {
  const bytesOfSigns = signs.map((sign) => page.toByte[sign.charCodeAt(0)] as number);
  return {
    widthOf: (units) => 1 + digits.widthOf(units - 1),
    charactersMax: (units) => units,
    read(from, units) {
      const sign = readSign(from, bytesOfSigns);
      if (sign === null) return null;
      const text = digits.read(from, units - 1);
      return text === null ? null : sign + text;
    },
    write(to, text) {
      const sign = signs.findIndex((one) => text.startsWith(one));
      if (sign < 0) return -1;
      to.bytes[to.at++] = bytesOfSigns[sign] as number;
      const units = digits.write(to, text.slice(1));
      return units < 0 ? -1 : units + 1;
    },
  };
}

function readSign(from: Reading, bytesOfSigns: readonly number[]): string | null {
  if (from.at >= from.end) return fail(from, 'too-short', from.end);
  const sign = signs[bytesOfSigns.indexOf(from.bytes[from.at] as number)];
  if (sign === undefined) return fail(from, 'wrong-content', from.at);
  from.at++;
  return sign;
}
