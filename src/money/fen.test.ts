import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  absFen,
  amountFenMax,
  fen,
  fenToJson,
  formatYuan,
  minFen,
  plainYuan,
  sumFen,
  zeroFen,
} from './fen.ts';

const amount = fc.bigInt({ min: -amountFenMax, max: amountFenMax });

describe('amounts in fen', () => {
  test('an amount is a whole number: half a fen is a fault', () => {
    expect(fen(1250)).toBe(1250n);
    expect(() => fen(12.5)).toThrow(RangeError);
    expect(() => fen(Number.NaN)).toThrow(RangeError);
  });

  test('a sum of nothing is nought, and the order of a sum does not matter', () => {
    expect(sumFen([])).toBe(zeroFen);
    fc.assert(
      fc.property(fc.array(amount), (amounts) => {
        const sum = sumFen(amounts.map((one) => fen(one)));
        expect(sumFen(amounts.map((one) => fen(one)).reverse())).toBe(sum);
        expect(sum).toBe(amounts.reduce((total, one) => total + one, 0n));
      }),
    );
  });

  test('the smaller of two amounts is one of them, and no larger than either', () => {
    fc.assert(
      fc.property(amount, amount, (a, b) => {
        const smaller = minFen(fen(a), fen(b));
        expect([a, b]).toContain(smaller);
        expect(smaller <= a && smaller <= b).toBe(true);
      }),
    );
  });
});

describe('amounts in JSON', () => {
  test('every amount a request may carry, and every sum of ten thousand of them, is carried exactly', () => {
    fc.assert(fc.property(amount, (one) => BigInt(fenToJson(one)) === one));
    expect(fenToJson(amountFenMax * 10_000n)).toBe(1e15);
  });

  test.for([9_007_199_254_740_992n, -9_007_199_254_740_992n, 10n ** 30n])(
    'what a JSON number would round is a fault: %s',
    (tooLarge) => {
      expect(() => fenToJson(tooLarge)).toThrow('safe-integer');
    },
  );
});

test('an amount without its sign is as far from nought', () => {
  expect([-3n, 0n, 3n].map((one) => absFen(one))).toEqual([3n, 0n, 3n]);
});

test.for([
  [0n, '0.00'],
  [-1n, '-0.01'],
  [123_456_789n, '1234567.89'],
  [-100_000n, '-1000.00'],
] as const)('%s fen are %s yuan for a program', ([amount, text]) => {
  expect(plainYuan(amount)).toBe(text);
});

describe('amounts for people', () => {
  test.for([
    [0n, '¥0.00'],
    [1n, '¥0.01'],
    [10n, '¥0.10'],
    [99n, '¥0.99'],
    [100n, '¥1.00'],
    [1250n, '¥12.50'],
    [99_999n, '¥999.99'],
    [100_000n, '¥1,000.00'],
    [123_456_789n, '¥1,234,567.89'],
    [-1n, '-¥0.01'],
    [-123_456n, '-¥1,234.56'],
  ] as const)('%s fen are written %s', ([value, text]) => {
    expect(formatYuan(value)).toBe(text);
  });

  test('what is written can be read back: no fen is lost on paper', () => {
    fc.assert(
      fc.property(amount, (one) => {
        expect(BigInt(formatYuan(one).replace(/[¥,.]/g, ''))).toBe(one);
      }),
    );
  });
});
