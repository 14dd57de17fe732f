import { asBytes, type Bytes, type Content, fail, type Reading } from '#iso8583/codec/reading.ts';
import { textOf } from './short-text.ts';

/** Where the pad nibble of an odd number of digits stands, and what it is. */
export interface Padding {
  readonly side: 'left' | 'right';
  readonly nibble: 0 | 15;
}

interface Kind {
  readonly padsLeft: boolean;
  readonly padNibble: number;
  /** 1 for the bytes of which both nibbles may stand in the field. */
  readonly allowed: Uint8Array;
}

const isDigit = (nibble: number) => nibble <= 9;
const isDigitOrSeparator = (nibble: number) => nibble <= 9 || nibble === 13;
const separator = '='.charCodeAt(0);
const zero = '0'.charCodeAt(0);
/** Those of the longest field, and a pad on either side. */
const nibblesMax = 1001;
const spread = asBytes(Buffer.alloc(nibblesMax));

/** Digits, two a byte. With `type` z the nibble D is the separator "=". */
export function nibbles(type: 'n' | 'z', padding: Padding): Content {
  const isNibble = type === 'z' ? isDigitOrSeparator : isDigit;
  const kind: Kind = {
    padsLeft: padding.side === 'left',
    padNibble: padding.nibble,
    allowed: Uint8Array.from({ length: 256 }, (_, byte) =>
      isNibble(byte >> 4) && isNibble(byte & 15) ? 1 : 0,
    ),
  };
  const nibbleAt = type === 'z' ? trackNibbleAt : digitAt;
  return {
    widthOf: (units) => (units + 1) >> 1,
    charactersMax: (units) => units,
    read(from, units) {
      const { at } = from;
      const end = at + ((units + 1) >> 1);
      if (end > from.end) return fail(from, 'too-short', from.end);
      const isOdd = (units & 1) === 1;
      if (!(isOdd ? isOddRight(from, end, kind) : arePairs(from, { start: at, end }, kind))) return null;
      from.at = end;
      return textOfNibbles(from.bytes, at, { units, skip: isOdd && kind.padsLeft ? 1 : 0 });
    },
    write(to, text) {
      const { length } = text;
      const skip = (length & 1) === 1 && kind.padsLeft ? 1 : 0;
      let { at } = to;
      let bad = 0;
      if (skip === 1) {
        const nibble = nibbleAt(text, 0);
        bad |= nibble;
        to.bytes[at++] = (kind.padNibble << 4) | nibble;
      }
      let i = skip;
      for (; i + 1 < length; i += 2) {
        const pair = (nibbleAt(text, i) << 4) | nibbleAt(text, i + 1);
        bad |= pair;
        to.bytes[at++] = pair;
      }
      if (i < length) {
        const nibble = nibbleAt(text, i);
        bad |= nibble;
        to.bytes[at++] = (nibble << 4) | kind.padNibble;
      }
      to.at = at;
      return bad < 0 ? -1 : length;
    },
  };
}

function isOddRight(from: Reading, end: number, kind: Kind): boolean {
  const at = kind.padsLeft ? from.at : end - 1;
  const byte = from.bytes[at] as number;
  const [pad, nibble] = kind.padsLeft ? [byte >> 4, byte & 15] : [byte & 15, byte >> 4];
  if (pad !== kind.padNibble) return fail(from, 'wrong-padding', at) !== null;
  if (kind.allowed[nibble] === 0) return fail(from, 'wrong-content', at) !== null;
  const pairs = kind.padsLeft ? { start: at + 1, end } : { start: from.at, end: at };
  return arePairs(from, pairs, kind);
}

function arePairs(from: Reading, { start, end }: { start: number; end: number }, { allowed }: Kind): boolean {
  const { bytes } = from;
  for (let i = start; i < end; i++) {
    if (allowed[bytes[i] as number] === 0) return fail(from, 'wrong-content', i) !== null;
  }
  return true;
}

interface Units {
  readonly units: number;
  /** The nibbles before the first that counts. */
  readonly skip: number;
}

/** The text of a nibble that was found to be right. */
const codes = Uint8Array.from({ length: 16 }, (_, nibble) => (nibble === 13 ? separator : zero + nibble));

function textOfNibbles(bytes: Bytes, at: number, { units, skip }: Units): string {
  let place = at;
  for (let i = 0; i < units + skip; i += 2) {
    const byte = bytes[place++] as number;
    spread[i] = codes[byte >> 4] as number;
    spread[i + 1] = codes[byte & 15] as number;
  }
  return textOf(spread, skip, units);
}

/** Negative where the character is no digit. */
function digitAt(text: string, at: number): number {
  const digit = text.charCodeAt(at) - zero;
  return digit >= 0 && digit <= 9 ? digit : -1;
}

function trackNibbleAt(text: string, at: number): number {
  return text.charCodeAt(at) === separator ? 13 : digitAt(text, at);
}
