import type { Encoding, FieldLayout, FieldType, MessageLayout, PartLayout } from './layout.ts';

/** What is wrong with a layout, as a sentence for whoever wrote it. */
export interface LayoutFault {
  readonly fault: string;
}

/** A layout that cannot be. */
export class LayoutError extends Error {
  constructor(fault: string) {
    super(fault);
    this.name = 'LayoutError';
  }
}

const oneByte = ['ascii', 'ebcdic037', 'ebcdic1047'] as const;
const text: readonly Encoding[] = [...oneByte, 'gbk', 'utf8'];
const encodings: Readonly<Record<FieldType, readonly Encoding[]>> = {
  n: [...oneByte, 'bcd'],
  z: [...oneByte, 'bcd'],
  a: text,
  an: text,
  ans: text,
  b: ['binary', 'hex-ascii'],
  xn: [...oneByte, 'char-sign+bcd'],
};
const lengthEncodings: readonly Encoding[] = [...oneByte, 'bcd', 'binary', 'hex-ascii'];
/** What can be told by the digits of the length; one byte of a binary or hexadecimal LL tells up to 255. */
const lengthMax = (field: FieldLayout) => {
  if (field.lenEnc === 'binary' || field.lenEnc === 'hex-ascii') return field.var === 2 ? 255 : 999;
  return field.var === 2 ? 99 : 999;
};
/** Of which types the parts of a field may be. */
const partTypes: Readonly<Record<FieldType, readonly FieldType[]>> = {
  n: ['n'],
  a: ['a'],
  an: ['n', 'a', 'an'],
  ans: ['n', 'a', 'an', 'ans', 'z'],
  z: ['n', 'z'],
  b: ['b'],
  xn: [],
};

/** The first thing for which the layout cannot be, or null. */
export function faultOfLayout(layout: MessageLayout): LayoutFault | null {
  for (const [number, field] of Object.entries(layout.fields)) {
    const fault = faultOfNumber(number) ?? faultOfField(field);
    if (fault !== null) return { fault: `Field ${number}: ${fault}.` };
  }
  return null;
}

function faultOfNumber(number: string): string | null {
  const isNumber = /^[1-9]\d{0,2}$/.test(number) && Number(number) >= 2 && Number(number) <= 128;
  return isNumber ? null : 'a field is a number from 2 to 128';
}

function faultOfField(field: FieldLayout): string | null {
  const { type, enc, len } = field;
  if (!encodings[type].includes(enc)) return `enc "${enc}" is not for type "${type}"`;
  if (!Number.isInteger(len) || len < 1 || len > 999) return `len ${len} is not from 1 to 999`;
  return faultOfLength(field) ?? faultOfPadding(field) ?? faultOfTlv(field) ?? faultOfParts(field);
}

function faultOfLength(field: FieldLayout): string | null {
  const { type, len, lenEnc } = field;
  if (type === 'xn' && (field.var !== undefined || len < 2))
    return 'a field with a sign has a fixed len of at least 2';
  if (field.var === undefined) return lenEnc === undefined ? null : 'lenEnc is there without var';
  if (lenEnc === undefined) return 'var is there without lenEnc';
  if (!lengthEncodings.includes(lenEnc)) return `lenEnc "${lenEnc}" is no way to write a length`;
  return len > lengthMax(field) ? `len ${len} is more than var ${field.var} can tell` : null;
}

function faultOfPadding({ enc, pad, padNibble }: FieldLayout): string | null {
  if (enc === 'bcd' || enc === 'char-sign+bcd') return null;
  return pad === undefined && padNibble === undefined ? null : 'pad and padNibble are of BCD only';
}

function faultOfTlv({ type, tlv, parts }: FieldLayout): string | null {
  if (tlv !== true) return null;
  if (parts !== undefined) return 'it has parts or is tlv, not both';
  return type === 'b' ? null : 'tlv is of type "b" only';
}

function faultOfParts(field: FieldLayout): string | null {
  const { parts, type, len } = field;
  if (parts === undefined) return null;
  const fault = parts.map((part, at) => faultOfPart(part, type, at + 1)).find((one) => one !== null);
  if (fault !== undefined) return fault;
  const sum = parts.reduce((before, part) => before + part.len, 0);
  if (parts.length === 0 || sum > len) return `its parts have ${sum} of at most ${len}`;
  return field.var === undefined && sum !== len ? `its parts have ${sum} of ${len}` : null;
}

function faultOfPart(part: PartLayout, type: FieldType, number: number): string | null {
  if (!partTypes[type].includes(part.type))
    return `part ${number} is of type "${part.type}", within "${type}"`;
  if (!Number.isInteger(part.len) || part.len < 1) return `len ${part.len} of part ${number} is no length`;
  return null;
}
