import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { messagesOf } from '#testing/iso8583/arbitrary-messages.ts';
import { compileCodec } from './codec.ts';
import { type DialectName, dialects, withFields } from './dialects.ts';
import type { FieldLayout, MessageLayout } from './layout/layout.ts';

/** Every way in which a field may be written, that no dialect of ours has. */
const others: Readonly<Record<string, FieldLayout>> = {
  2: { type: 'n', len: 19, enc: 'bcd', var: 2, lenEnc: 'binary', pad: 'left', padNibble: 'F' },
  3: { type: 'n', len: 5, enc: 'bcd', pad: 'right', padNibble: 'F' },
  4: { type: 'n', len: 12, enc: 'ebcdic037' },
  23: { type: 'n', len: 3, enc: 'bcd' },
  35: { type: 'z', len: 37, enc: 'bcd', var: 2, lenEnc: 'hex-ascii', pad: 'left' },
  36: { type: 'z', len: 104, enc: 'ebcdic037', var: 3, lenEnc: 'ebcdic037' },
  41: { type: 'a', len: 8, enc: 'ebcdic037' },
  43: { type: 'ans', len: 40, enc: 'gbk' },
  44: { type: 'ans', len: 99, enc: 'utf8', var: 2, lenEnc: 'bcd' },
  48: { type: 'ans', len: 999, enc: 'gbk', var: 3, lenEnc: 'hex-ascii' },
  52: { type: 'b', len: 16, enc: 'hex-ascii' },
  55: { type: 'b', len: 255, enc: 'hex-ascii', var: 2, lenEnc: 'binary', tlv: true },
  62: { type: 'b', len: 999, enc: 'binary', var: 3, lenEnc: 'binary' },
  63: { type: 'ans', len: 20, enc: 'utf8' },
  97: { type: 'xn', len: 9, enc: 'ebcdic037' },
  98: { type: 'xn', len: 16, enc: 'char-sign+bcd', pad: 'right', padNibble: 'F' },
  120: {
    type: 'ans',
    len: 12,
    enc: 'ascii',
    var: 3,
    lenEnc: 'bcd',
    parts: [
      { name: 'count', type: 'n', len: 2 },
      { name: 'text', type: 'ans', len: 10 },
    ],
  },
  128: { type: 'b', len: 8, enc: 'binary' },
};
const layouts: readonly MessageLayout[] = [
  ...(Object.keys(dialects) as DialectName[]).map((name) => dialects[name]),
  { name: 'every-other-way', mti: 'ebcdic037', bitmap: 'hex-ebcdic', fields: others },
  {
    ...withFields(dialects['cup-bcd'], {
      22: { pad: 'right' },
      62: { type: 'b', enc: 'binary' },
      63: { enc: 'gbk' },
    }),
    name: 'cup-bcd-otherwise',
  },
];

describe.each(layouts.map((layout) => [layout.name, layout] as const))('%s', (_, layout) => {
  const codec = compileCodec(layout);

  test('a message that is written is read as it was', () => {
    fc.assert(
      fc.property(messagesOf(layout), (message) => {
        expect(codec.decode(codec.encode(message))).toEqual(message);
      }),
      { numRuns: 400 },
    );
  });

  test('a field that is looked at alone says what it says among the others', () => {
    fc.assert(
      fc.property(messagesOf(layout), fc.integer({ min: 2, max: 128 }), (message, other) => {
        const bytes = codec.encode(message);
        expect(codec.peek(bytes, 0)).toBe(message.mti);
        expect(codec.peek(bytes, other)).toBe(message.fields[other]);
        for (const field of Object.keys(message.fields)) {
          expect(codec.peek(bytes, Number(field))).toBe(message.fields[Number(field)]);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('the MAC is over everything before the last field, where that is 64 or 128', () => {
    fc.assert(
      fc.property(messagesOf(layout), (message) => {
        const last = Math.max(0, ...Object.keys(message.fields).map(Number));
        const bytes = codec.encode(message);
        const start = codec.macStart(bytes);
        const width = layout.fields[last]?.enc === 'hex-ascii' ? 16 : 8;
        expect(start).toBe(last === 64 || last === 128 ? bytes.length - width : null);
      }),
      { numRuns: 200 },
    );
  });

  test('a message that is cut anywhere, or goes on, is refused', () => {
    fc.assert(
      fc.property(messagesOf(layout), fc.nat(), (message, random) => {
        const bytes = codec.encode(message);
        const cut = codec.decode(bytes.subarray(0, random % bytes.length));
        expect(cut).toHaveProperty('error', 'too-short');
        expect(codec.decode(Buffer.concat([bytes, Buffer.of(0)]))).toEqual({
          ...{ error: 'trailing-bytes', field: null, subField: null, offset: bytes.length },
        });
      }),
      { numRuns: 100 },
    );
  });

  test('bytes that are no buffer are read as well', () => {
    fc.assert(
      fc.property(messagesOf(layout), (message) => {
        const bytes = Uint8Array.from(codec.encode(message));
        expect(codec.decode(bytes)).toEqual(message);
      }),
      { numRuns: 20 },
    );
  });
});

test('a MAC can be written over the place that was kept for it', () => {
  const codec = compileCodec(dialects['cup-bcd']);
  const message = { mti: '0200', fields: { 3: '000000', 64: '0000000000000000' } };
  const bytes = codec.encode(message);
  Buffer.from('A1B2C3D4E5F60718', 'hex').copy(bytes, codec.macStart(bytes) ?? 0);
  expect(codec.decode(bytes)).toEqual({ mti: '0200', fields: { 3: '000000', 64: 'A1B2C3D4E5F60718' } });
});
