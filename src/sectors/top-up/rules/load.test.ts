import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fen } from '#money/fen.ts';
import { type LoadRule, refuseLoad } from './load.ts';

const rule: LoadRule = {
  participantId: 900_002,
  purse: 'online',
  effectiveFrom: '2026-01-01',
  perLoadFen: 500n,
  balanceMaxFen: 1_000n,
};

describe('a load', () => {
  test.for([
    { has: 0n, loads: 500, answer: null },
    { has: 0n, loads: 501, answer: 'over-payment-limit' },
    { has: 500n, loads: 500, answer: null },
    { has: 501n, loads: 500, answer: 'over-balance-limit' },
    { has: 1_000n, loads: 1, answer: 'over-balance-limit' },
    { has: 1_000n, loads: 501, answer: 'over-payment-limit' },
    { has: -100n, loads: 500, answer: null },
  ])('of $loads into a purse with $has is answered $answer: it may be filled exactly to its limit', (row) => {
    expect(refuseLoad(fen(row.loads), row.has, rule)).toBe(row.answer);
  });

  test('a purse is never filled above its limit, by however many loads', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 600 })), (amounts) => {
        let balance = 0n;
        for (const amount of amounts) {
          if (refuseLoad(fen(amount), balance, rule) === null) balance += BigInt(amount);
          expect(balance).toBeLessThanOrEqual(rule.balanceMaxFen);
        }
      }),
    );
  });
});
