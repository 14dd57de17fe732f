import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { amountFenMax, fen } from './fen.ts';
import { isRate, timesRateDown } from './rate.ts';

const millionths = 1_000_000n;
/** A rate with up to six places, and the same in millionths. */
const rate = fc.bigInt({ min: 0n, max: millionths }).map((parts) => {
  const text = parts === millionths ? '1' : `0.${parts.toString().padStart(6, '0')}`;
  return { parts, text };
});
const amount = fc.bigInt({ min: 0n, max: amountFenMax });

describe('an amount times a rate', () => {
  test.for([
    [200n, '0.5', 100n],
    [201n, '0.5', 100n],
    [333n, '0.85', 283n],
    [1n, '0.999999', 0n],
    [0n, '0.7', 0n],
    [100n, '0', 0n],
    [100n, '1', 100n],
    [100n, '0.29', 29n],
    [1_000_000n, '0.000001', 1n],
    [amountFenMax, '0.333333', 33_333_300_000n],
  ] as const)('%s fen times %s are %s fen: the odd fen is not charged', ([value, by, product]) => {
    expect(timesRateDown(fen(value), by)).toBe(product);
  });

  test('it is the exact product rounded down, whatever the amount', () => {
    fc.assert(
      fc.property(amount, rate, (value, by) => {
        expect(timesRateDown(fen(value), by.text)).toBe((value * by.parts) / millionths);
      }),
    );
  });

  test('a discount never charges more than the full fare', () => {
    fc.assert(
      fc.property(amount, rate, (value, by) => {
        const product = timesRateDown(fen(value), by.text);
        expect(product >= 0n && product <= value).toBe(true);
      }),
    );
  });
});

describe('what is a rate', () => {
  test.for(['0', '1', '0.5', '0.123456', '1.0', '1.000000'])('%s is a rate', (text) => {
    expect(isRate(text)).toBe(true);
  });

  test.for([
    '',
    '1.1',
    '1.000001',
    '2',
    '-0.5',
    '.5',
    '0.',
    '0.1234567',
    '1e-3',
    '50%',
    ' 0.5',
    '0,5',
    '0.5\n',
  ])('%j is none', (text) => {
    expect(isRate(text)).toBe(false);
  });

  test('every text that is a rate lies between nought and one', () => {
    fc.assert(fc.property(rate, ({ text }) => isRate(text)));
  });
});
