import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { messagesOf } from '#testing/iso8583/arbitrary-messages.ts';
import { everyOtherWay } from '#testing/iso8583/every-other-way.ts';
import { compileCodec } from './codec.ts';
import { type DialectName, dialects } from './dialects.ts';
import type { MessageLayout } from './layout/layout.ts';
import { withFields } from './layout/with-fields.ts';

const layouts: readonly MessageLayout[] = [
  ...(Object.keys(dialects) as DialectName[]).map((name) => dialects[name]),
  everyOtherWay,
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
