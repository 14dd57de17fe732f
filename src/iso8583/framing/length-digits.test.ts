import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LengthLayout } from './framing.ts';
import { lengthMax, readLength, writeLength } from './length-digits.ts';

const layouts: LengthLayout[] = (['binary', 'bcd', 'ascii', 'hex-ascii'] as const).flatMap((kind) =>
  [2, 3, 4].map((bytes) => ({ kind, bytes })),
);

describe('a length', () => {
  test.each(layouts)('of $bytes bytes as $kind is read as it was written, up to the largest', (layout) => {
    const lengths = fc.integer({ min: 0, max: lengthMax(layout) });
    fc.assert(
      fc.property(lengths, (length) => {
        const bytes = writeLength(layout, length);
        expect(bytes).toHaveLength(layout.bytes);
        expect(readLength(layout.kind, bytes)).toBe(length);
      }),
      { examples: [[0], [lengthMax(layout)]] },
    );
  });

  test('in hexadecimal is read in capitals too', () => {
    expect(readLength('hex-ascii', Buffer.from('00FF'))).toBe(255);
    expect(readLength('hex-ascii', Buffer.from('00ff'))).toBe(255);
  });

  test.each<[LengthLayout['kind'], string]>([
    ['bcd', '00a1'],
    ['ascii', '30203032'],
    ['ascii', '302e3532'],
    ['ascii', '31653032'],
    ['hex-ascii', '30783130'],
    ['hex-ascii', '3030672f'],
  ])('as %s is no length where its bytes are no digits: %s', (kind, hex) => {
    expect(readLength(kind, Buffer.from(hex, 'hex'))).toBeNull();
  });
});
