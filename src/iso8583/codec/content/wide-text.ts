import { asBytes, type Content, fail, type Reading, type Writing } from '#iso8583/codec/reading.ts';

const leadMin = 0x81;
const trailMin = 0x40;
const trails = 0x100 - trailMin;
const pairsMax = 999;

interface GbkTables {
  /** By lead and trail; 0 where the pair is no character. */
  readonly characters: Uint16Array;
  /** By character; 0 where GBK has none. */
  readonly pairs: Uint16Array;
}
let tables: GbkTables | null = null;
const wide = asBytes(Buffer.alloc(2 * pairsMax));

/**
 * ASCII, and pairs of bytes as GBK has them; a unit is a byte. What the type of the field may hold is not looked at
 * beyond this: the letters of a merchant's name in Chinese are letters. Control characters are refused, and of two
 * pairs that are one character the second.
 */
export const gbkText: Content = {
  widthOf: (units) => units,
  charactersMax: (units) => units,
  read(from, units) {
    const end = from.at + units;
    if (end > from.end) return fail(from, 'too-short', from.end);
    const { characters } = gbkTables();
    let length = 0;
    for (let i = from.at; i < end; i++) {
      const character = gbkAt(from, i, { characters, end });
      if (character === 0) return fail(from, 'wrong-content', i);
      if (character > 0x7f) i++;
      wide.writeUInt16LE(character, length);
      length += 2;
    }
    from.at = end;
    return wide.ucs2Slice(0, length);
  },
  write(to, text) {
    const { pairs } = gbkTables();
    const { bytes, at } = to;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (isPrintable(code)) {
        bytes[to.at++] = code;
        continue;
      }
      const pair = pairs[code] as number;
      if (pair === 0) return -1;
      bytes[to.at++] = pair >> 8;
      bytes[to.at++] = pair & 0xff;
    }
    return to.at - at;
  },
};

function gbkAt(from: Reading, at: number, within: { characters: Uint16Array; end: number }): number {
  const lead = from.bytes[at] as number;
  if (lead < leadMin) return isPrintable(lead) ? lead : 0;
  if (at + 1 >= within.end) return 0;
  const trail = from.bytes[at + 1] as number;
  return trail < trailMin ? 0 : (within.characters[placeOf(lead, trail)] ?? 0);
}

const placeOf = (lead: number, trail: number) => (lead - leadMin) * trails + trail - trailMin;
const isPrintable = (code: number) => code >= 0x20 && code < 0x7f;

/** Built when the first text of this kind is met: some dialects have none. */
function gbkTables(): GbkTables {
  tables ??= buildGbkTables();
  return tables;
}

function buildGbkTables(): GbkTables {
  const characters = new Uint16Array((0xff - leadMin) * trails);
  const pairs = new Uint16Array(0x10000);
  const decoder = new TextDecoder('gbk', { fatal: true });
  for (let lead = leadMin; lead < 0xff; lead++) {
    for (let trail = trailMin; trail < 0xff; trail++) {
      if (trail === 0x7f) continue;
      const text = decoder.decode(Uint8Array.of(lead, trail));
      const code = text.charCodeAt(0);
      if (text.length !== 1 || pairs[code] !== 0 || isPrivateUse(code)) continue;
      characters[placeOf(lead, trail)] = code;
      pairs[code] = (lead << 8) | trail;
    }
  }
  return { characters, pairs };
}

const isPrivateUse = (code: number) => code >= 0xe000 && code <= 0xf8ff;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const control = /\p{Cc}/u;

/** Text of any script, with the same rules; UTF-8 has one form for each character. */
export const utf8Text: Content = {
  widthOf: (units) => units,
  charactersMax: (units) => units,
  read(from, units) {
    const { bytes, at } = from;
    const end = at + units;
    if (end > from.end) return fail(from, 'too-short', from.end);
    const text = decoded(bytes.subarray(at, end));
    if (text === null || control.test(text)) return fail(from, 'wrong-content', at);
    from.at = end;
    return text;
  },
  write(to: Writing, text) {
    if (!text.isWellFormed() || control.test(text)) return -1;
    const written = to.bytes.write(text, to.at, 'utf8');
    to.at += written;
    return written;
  },
};

function decoded(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}
