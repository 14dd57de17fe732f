import { describe, expect, test } from 'vitest';
import { compileCodec } from './codec.ts';
import { dialects } from './dialects.ts';
import { LayoutError } from './layout/check-layout.ts';
import type { FieldLayout, MessageLayout } from './layout/layout.ts';
import { withFields } from './layout/with-fields.ts';
import { EncodeError, type Fields, type FormatErrorCode } from './message.ts';

const cup = dialects['cup-bcd'];
const text = dialects['ascii-binmap'];
const hexmap = dialects['ascii-hexmap'];
const chips = withFields(cup, { 55: { tlv: true } });
const chinese = withFields(cup, { 63: { enc: 'gbk' }, 62: { enc: 'utf8' } });
const ascii = (value: string) => Buffer.from(value, 'latin1').toString('hex');
const map = (...fields: number[]) => {
  const bits = fields.reduce((sum, field) => sum | (1n << BigInt(64 - field)), 0n);
  return bits.toString(16).padStart(16, '0');
};

interface Refused {
  readonly of: MessageLayout;
  readonly hex: string;
  readonly error: FormatErrorCode;
  readonly field: number | null;
  readonly offset: number;
  readonly subField?: string;
}

const refused: readonly (readonly [string, Refused])[] = [
  ['nothing', { of: cup, hex: '', error: 'too-short', field: 0, offset: 0 }],
  ['half a type', { of: cup, hex: '02', error: 'too-short', field: 0, offset: 1 }],
  ['a type of 1993', { of: cup, hex: `1200${map()}`, error: 'wrong-mti', field: 0, offset: 0 }],
  ['a type of class 0', { of: cup, hex: `0000${map()}`, error: 'wrong-mti', field: 0, offset: 0 }],
  ['a type with a nibble above 9', { of: cup, hex: `02A0${map()}`, error: 'wrong-mti', field: 0, offset: 0 }],
  ['a type with a letter', { of: text, hex: ascii('02O0') + map(), error: 'wrong-mti', field: 0, offset: 0 }],
  ['half a bitmap', { of: cup, hex: '020070200000', error: 'too-short', field: 1, offset: 6 }],
  [
    'a second bitmap that is not there',
    { of: cup, hex: `0200${map(1)}`, error: 'too-short', field: 1, offset: 10 },
  ],
  [
    'a second bitmap that is empty',
    { of: cup, hex: `0200${map(1)}${map()}`, error: 'wrong-bitmap', field: 1, offset: 10 },
  ],
  [
    'a bitmap in small letters',
    { of: hexmap, hex: ascii('0800a000000000000000'), error: 'wrong-bitmap', field: 1, offset: 4 },
  ],
  [
    'a bitmap with a letter that is no digit',
    { of: hexmap, hex: ascii('0800200000000000000G'), error: 'wrong-bitmap', field: 1, offset: 4 },
  ],
  [
    'a field nobody laid out',
    { of: cup, hex: `0200${map(3, 8)}000000`, error: 'no-layout', field: 8, offset: 13 },
  ],
  [
    'field 65, which says that more bitmaps follow',
    { of: cup, hex: `0200${map(1)}8000000000000000`, error: 'no-layout', field: 65, offset: 18 },
  ],
  ['a field that is cut', { of: cup, hex: `0200${map(3)}0000`, error: 'too-short', field: 3, offset: 12 }],
  ['a length that is cut', { of: cup, hex: `0200${map(60)}00`, error: 'too-short', field: 60, offset: 11 }],
  [
    'a length above the most',
    { of: cup, hex: `0200${map(2)}2062170012345678901234`, error: 'wrong-length', field: 2, offset: 10 },
  ],
  [
    'a length that is no digits',
    { of: cup, hex: `0200${map(2)}1A62170012345678901234`, error: 'wrong-length', field: 2, offset: 10 },
  ],
  [
    'a length with a letter',
    {
      of: text,
      hex: `${ascii('0200')}${map(2)}${ascii('1X621700')}`,
      error: 'wrong-length',
      field: 2,
      offset: 12,
    },
  ],
  [
    'a nibble above 9 among digits',
    { of: cup, hex: `0200${map(3)}00A000`, error: 'wrong-content', field: 3, offset: 11 },
  ],
  [
    'a nibble above 9 beside the pad',
    { of: cup, hex: `0200${map(22)}0B51`, error: 'wrong-content', field: 22, offset: 10 },
  ],
  [
    'a pad that is not 0',
    { of: cup, hex: `0200${map(22)}1051`, error: 'wrong-padding', field: 22, offset: 10 },
  ],
  [
    'a pad behind that is not 0',
    { of: cup, hex: `0200${map(2)}03621F`, error: 'wrong-padding', field: 2, offset: 12 },
  ],
  [
    'a letter among digits',
    {
      of: text,
      hex: `${ascii('0200')}${map(3)}${ascii('00000O')}`,
      error: 'wrong-content',
      field: 3,
      offset: 17,
    },
  ],
  [
    'a track with another nibble than D',
    { of: cup, hex: `0200${map(35)}0462B1`, error: 'wrong-content', field: 35, offset: 12 },
  ],
  [
    'punctuation among letters and digits',
    { of: cup, hex: `0200${map(38)}${ascii('A1-2C3')}`, error: 'wrong-content', field: 38, offset: 12 },
  ],
  [
    'a control character',
    { of: cup, hex: `0200${map(41)}${ascii('HN\n00001')}`, error: 'wrong-content', field: 41, offset: 12 },
  ],
  [
    'a byte above ASCII',
    { of: cup, hex: `0200${map(41)}${ascii('HN\xe900001')}`, error: 'wrong-content', field: 41, offset: 12 },
  ],
  [
    'a sign that is none',
    {
      of: cup,
      hex: `0200${map(1)}0000000080000000${ascii('X')}${'00'.repeat(8)}`,
      error: 'wrong-content',
      field: 97,
      offset: 18,
    },
  ],
  [
    'a sign that is not there',
    { of: cup, hex: `0200${map(1)}0000000080000000`, error: 'too-short', field: 97, offset: 18 },
  ],
  [
    'hexadecimal digits in small letters',
    {
      of: hexmap,
      hex: ascii('08000000000000000001a1b2c3d4e5f60718'),
      error: 'wrong-content',
      field: 64,
      offset: 20,
    },
  ],
  [
    'half a pair of GBK',
    { of: chinese, hex: `0200${map(63)}0001ba`, error: 'wrong-content', field: 63, offset: 12 },
  ],
  [
    'a pair that GBK has not',
    { of: chinese, hex: `0200${map(63)}0002817f`, error: 'wrong-content', field: 63, offset: 12 },
  ],
  [
    'the second pair of one character',
    { of: chinese, hex: `0200${map(63)}0002a3a0`, error: 'wrong-content', field: 63, offset: 12 },
  ],
  [
    'the euro as one byte',
    { of: chinese, hex: `0200${map(63)}000180`, error: 'wrong-content', field: 63, offset: 12 },
  ],
  [
    'UTF-8 that is longer than it must be',
    { of: chinese, hex: `0200${map(62)}0002c1bf`, error: 'wrong-content', field: 62, offset: 12 },
  ],
  [
    'a surrogate in UTF-8',
    { of: chinese, hex: `0200${map(62)}0003eda080`, error: 'wrong-content', field: 62, offset: 12 },
  ],
  [
    'a control character in UTF-8',
    { of: chinese, hex: `0200${map(62)}0002c285`, error: 'wrong-content', field: 62, offset: 12 },
  ],
  [
    'a part that is cut',
    {
      of: cup,
      hex: `0200${map(60)}0005220000`,
      error: 'wrong-length',
      field: 60,
      offset: 10,
      subField: '60.2',
    },
  ],
  [
    'a data object that is cut',
    {
      of: chips,
      hex: `0200${map(55)}00059f2604aabb`,
      error: 'too-short',
      field: 55,
      offset: 14,
      subField: '9F26',
    },
  ],
  [
    'a tag that is none',
    { of: chips, hex: `0200${map(55)}00020000`, error: 'wrong-content', field: 55, offset: 12 },
  ],
  [
    'a tag that is cut',
    { of: chips, hex: `0200${map(55)}00019f`, error: 'too-short', field: 55, offset: 12 },
  ],
  [
    'a length of TLV that is longer than it must be',
    {
      of: chips,
      hex: `0200${map(55)}0004958101ff`,
      error: 'wrong-length',
      field: 55,
      offset: 13,
      subField: '95',
    },
  ],
  [
    'bytes behind the last field',
    { of: cup, hex: `0800${map(3)}99000000`, error: 'trailing-bytes', field: null, offset: 13 },
  ],
];

test.each(refused)('%s is refused, and it is said where', (_, { of, hex, subField, ...error }) => {
  const expected = { ...error, subField: subField ?? null };
  expect(compileCodec(of).decode(Buffer.from(hex, 'hex'))).toEqual(expected);
});

test('a field that is wrong does not keep those before it from being looked at', () => {
  const bytes = Buffer.from(`0200${map(3, 11, 38)}000000000123${ascii('A1-2C3')}`, 'hex');
  const codec = compileCodec(cup);
  expect(codec.peek(bytes, 11)).toBe('000123');
  expect(codec.peek(bytes, 4)).toBeUndefined();
  expect(codec.peek(bytes, 38)).toMatchObject({ error: 'wrong-content', field: 38 });
  expect(codec.peek(bytes.subarray(0, 12), 11)).toMatchObject({ error: 'too-short', field: 3 });
});

test('there is no place of a MAC where it is not the last field, or the bytes are no message', () => {
  const codec = compileCodec(cup);
  const mac = 'A1B2C3D4E5F60718';
  const both = codec.encode({ mti: '0200', fields: { 64: mac, 70: '301' } });
  expect(codec.macStart(both)).toBeNull();
  expect(codec.macStart(codec.encode({ mti: '0200', fields: { 3: '000000' } }))).toBeNull();
  const right = codec.encode({ mti: '0200', fields: { 64: mac } });
  expect(codec.macStart(right)).toBe(10);
  expect(codec.macStart(right.subarray(1))).toBeNull();
  expect(codec.macStart(right.subarray(0, -1))).toBeNull();
  expect(codec.macStart(Buffer.concat([right, right]))).toBeNull();
});

interface Carried {
  readonly of: MessageLayout;
  readonly fields: Fields;
  readonly code: FormatErrorCode;
}

describe('a message of ours that the layout cannot carry is a fault that names the field and not the value', () => {
  test.each<[string, Carried]>([
    ['too many digits', { of: cup, fields: { 2: '62170012345678901234' }, code: 'wrong-length' }],
    ['too few digits', { of: cup, fields: { 3: '00000' }, code: 'wrong-length' }],
    ['a letter among digits', { of: cup, fields: { 3: '00000A' }, code: 'wrong-content' }],
    ['a letter among digits of an odd number', { of: cup, fields: { 22: 'A51' }, code: 'wrong-content' }],
    [
      'a letter as the last of an odd number',
      { of: withFields(cup, { 22: { pad: 'right' } }), fields: { 22: '05A' }, code: 'wrong-content' },
    ],
    ['a wide digit', { of: cup, fields: { 3: '00000１' }, code: 'wrong-content' }],
    ['a track with a D', { of: cup, fields: { 35: '6217D30' }, code: 'wrong-content' }],
    ['a text that is not as long as its field', { of: cup, fields: { 41: 'HN00001' }, code: 'wrong-length' }],
    ['Chinese in ASCII', { of: cup, fields: { 43: '海'.repeat(40) }, code: 'wrong-content' }],
    ['too much Chinese', { of: chinese, fields: { 63: '海'.repeat(82) }, code: 'wrong-length' }],
    ['what GBK has not', { of: chinese, fields: { 63: '😀' }, code: 'wrong-content' }],
    ['a control character in GBK', { of: chinese, fields: { 63: '海\n' }, code: 'wrong-content' }],
    ['half a character', { of: chinese, fields: { 62: '\ud83d' }, code: 'wrong-content' }],
    ['half a byte', { of: cup, fields: { 55: '9F2' }, code: 'wrong-content' }],
    ['small hexadecimal letters', { of: cup, fields: { 64: 'a1b2c3d4e5f60718' }, code: 'wrong-content' }],
    ['no sign', { of: cup, fields: { 97: '00000000001203325' }, code: 'wrong-content' }],
    ['a sign and a letter', { of: cup, fields: { 97: 'C000000000120332X' }, code: 'wrong-content' }],
    ['a field nobody laid out', { of: cup, fields: { 8: '00000000' }, code: 'no-layout' }],
    ['a bitmap as a field', { of: cup, fields: { 1: '0000000000000000' }, code: 'no-layout' }],
    ['a part that is cut', { of: cup, fields: { 60: '22000' }, code: 'wrong-length' }],
    ['a data object that is cut', { of: chips, fields: { 55: '9F2608A1' }, code: 'too-short' }],
  ])('%s', (_, { of, fields, code }) => {
    const field = Number(Object.keys(fields)[0]);
    const encode = () => compileCodec(of).encode({ mti: '0200', fields });
    expect(encode).toThrow(new EncodeError(code, field));
    expect(encode).toThrow(`field ${field} cannot be encoded: ${code}`);
  });

  test.each(['', '200', '02000', '1200', '0000', '02A0', '０200'])('the message type "%s"', (mti) => {
    expect(() => compileCodec(cup).encode({ mti, fields: {} })).toThrow(new EncodeError('wrong-mti', 0));
  });
});

test('a fault does not spoil the next message', () => {
  const codec = compileCodec(cup);
  const message = { mti: '0200', fields: { 3: '000000', 41: 'HN000001' } };
  const before = codec.encode(message);
  expect(() => codec.encode({ mti: '0200', fields: { 3: '000000', 41: 'short' } })).toThrow(EncodeError);
  codec.decode(Buffer.of(2));
  expect(codec.encode(message)).toEqual(before);
  expect(codec.decode(before)).toEqual(message);
});

test('a layout that cannot be is not compiled, and the fault names the field and the word', () => {
  const wrong: FieldLayout = { type: 'n', len: 6, enc: 'gbk' };
  const compile = () => compileCodec({ ...cup, fields: { 3: wrong } });
  expect(compile).toThrow(LayoutError);
  expect(compile).toThrow('Field 3: enc "gbk" is not for type "n".');
});
