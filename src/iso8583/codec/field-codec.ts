import type { FieldLayout } from '#iso8583/layout/layout.ts';
import type { FormatErrorCode } from '#iso8583/message.ts';
import { ascii, type CodePage, ebcdic037, ebcdic1047 } from './code-pages.ts';
import { characters } from './content/characters.ts';
import { nibbles, type Padding } from './content/nibbles.ts';
import { hexText, rawBytes } from './content/raw-bytes.ts';
import { signedCharacters, signedNibbles } from './content/signed.ts';
import { gbkText, utf8Text } from './content/wide-text.ts';
import { type LengthPrefix, lengthPrefix } from './lengths.ts';
import { type Content, fail, type Reading, type Writing } from './reading.ts';
import { subFieldCheck } from './sub-fields.ts';

/** How one field is read and written. What is not null or true of `read` and `skip` is told by `from.error`. */
export interface FieldCodec {
  read(from: Reading): string | null;
  /** Goes past the field without a look at what it holds. */
  skip(from: Reading): boolean;
  /** What is wrong with the value, or null. */
  write(to: Writing, value: string): FormatErrorCode | null;
  readonly bytesMax: number;
}

/** No character of ours takes more bytes. */
const bytesOfCharacterMax = 3;

/** Of a layout without faults. */
export function fieldCodec(layout: FieldLayout, field: number): FieldCodec {
  const content = contentOf(layout);
  const codec =
    layout.var === undefined || layout.lenEnc === undefined
      ? fixed(content, layout.len)
      : variable(content, layout.len, lengthPrefixOf(layout));
  const checks = subFieldCheck(layout, field);
  if (checks === null) return codec;
  return {
    ...codec,
    read(from) {
      const start = from.at;
      const value = codec.read(from);
      if (value === null) return null;
      return checks.check(value, { from, start }) ? value : null;
    },
    write(to, value) {
      const error = codec.write(to, value);
      return error ?? checks.errorOf(value);
    },
  };
}

function fixed(content: Content, units: number): FieldCodec {
  const width = content.widthOf(units);
  const lengthOfText = content.charactersMax(units);
  const isExact = content !== gbkText && content !== utf8Text;
  return {
    bytesMax: bytesOfCharacterMax * width,
    read: (from) => content.read(from, units),
    skip: (from) => skipBytes(from, width),
    write(to, value) {
      if (isExact ? value.length !== lengthOfText : value.length > lengthOfText) return 'wrong-length';
      const written = content.write(to, value);
      if (written < 0) return 'wrong-content';
      return written === units ? null : 'wrong-length';
    },
  };
}

function variable(content: Content, unitsMax: number, prefix: LengthPrefix): FieldCodec {
  const lengthMax = content.charactersMax(unitsMax);
  const readUnits = (from: Reading) => {
    const { at } = from;
    if (at + prefix.bytes > from.end) return failed(from, 'too-short', from.end);
    const units = prefix.read(from.bytes, at);
    if (units < 0 || units > unitsMax) return failed(from, 'wrong-length', at);
    from.at = at + prefix.bytes;
    return units;
  };
  return {
    bytesMax: prefix.bytes + bytesOfCharacterMax * content.widthOf(unitsMax),
    read(from) {
      const units = readUnits(from);
      return units < 0 ? null : content.read(from, units);
    },
    skip(from) {
      const units = readUnits(from);
      return units >= 0 && skipBytes(from, content.widthOf(units));
    },
    write(to, value) {
      if (value.length > lengthMax) return 'wrong-length';
      const { at } = to;
      to.at = at + prefix.bytes;
      const units = content.write(to, value);
      if (units < 0) return 'wrong-content';
      if (units > unitsMax) return 'wrong-length';
      prefix.write(to.bytes, at, units);
      return null;
    },
  };
}

function failed(from: Reading, error: FormatErrorCode, at: number): -1 {
  fail(from, error, at);
  return -1;
}

function skipBytes(from: Reading, width: number): boolean {
  const end = from.at + width;
  if (end > from.end) {
    fail(from, 'too-short', from.end);
    return false;
  }
  from.at = end;
  return true;
}

function lengthPrefixOf(layout: FieldLayout): LengthPrefix {
  const prefix = lengthPrefix(layout.var ?? 2, layout.lenEnc ?? 'ascii');
  if (prefix === null) throw new Error(`there is no length in ${layout.lenEnc}: the layout was not checked`);
  return prefix;
}

function contentOf(layout: FieldLayout): Content {
  const { type, enc } = layout;
  if (type === 'b') return enc === 'hex-ascii' ? hexText : rawBytes;
  if (type === 'xn') {
    return enc === 'char-sign+bcd' ? signedNibbles(paddingOf(layout)) : signedCharacters(pageOf(enc));
  }
  if (enc === 'gbk') return gbkText;
  if (enc === 'utf8') return utf8Text;
  if (enc !== 'bcd') return characters(type, pageOf(enc));
  if (type === 'n' || type === 'z') return nibbles(type, paddingOf(layout));
  throw new Error(`there is no BCD of ${type}: the layout was not checked`);
}

function paddingOf({ pad, padNibble }: FieldLayout): Padding {
  return { side: pad ?? 'left', nibble: padNibble === 'F' ? 15 : 0 };
}

function pageOf(enc: FieldLayout['enc']): CodePage {
  if (enc === 'ebcdic037') return ebcdic037;
  return enc === 'ebcdic1047' ? ebcdic1047 : ascii;
}
