import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kindCodes } from '#ledger/rules/kinds.ts';
import { batchTotals, type Counted, isBalanced, noTotals, shareFenSql, sideOf, sideSql } from './totals.ts';

const one = (kind: keyof typeof kindCodes, over: Partial<Counted> = {}): Counted => ({
  ...{ kind: kindCodes[kind], declined: false, reversed: false, adjusts: false, count: 1, fen: 100n },
  ...over,
});

describe('which total it is part of', () => {
  test.for([
    ['payment', 'debit'],
    ['capture', 'debit'],
    ['refund', 'credit'],
    ['void', 'credit'],
    ['load', 'credit'],
    ['authorise', null],
    ['reversal', null],
    ['compensation', null],
  ] as const)('%s: %s', ([kind, side]) => expect(sideOf(one(kind))).toBe(side));

  test('what was declined, or taken back by a reversal, is in none', () => {
    for (const kind of Object.keys(kindCodes) as (keyof typeof kindCodes)[]) {
      expect(sideOf(one(kind, { declined: true }))).toBeNull();
      expect(sideOf(one(kind, { reversed: true }))).toBeNull();
    }
  });

  test('a void that let an authorisation go moved nothing, and is in none; a free ride is a payment', () => {
    expect(sideOf(one('void', { fen: 0n }))).toBeNull();
    expect(sideOf(one('payment', { fen: 0n }))).toBe('debit');
  });
});

test('PostgreSQL is told the same sides (the proof of batches computes them)', () => {
  expect(sideSql.replaceAll(/\s+/g, ' ')).toBe(
    `case when declined or reversed then null when adjusts then 'debit' when kind in (1, 4) then 'debit' when kind = 5 and fen = 0 then null when kind in (6, 5, 2) then 'credit' end`,
  );
});

describe('the totals of a batch', () => {
  test('what a void takes back still counts as debit, with the void as credit', () => {
    expect(batchTotals([one('payment', { count: 3, fen: 700n }), one('void', { fen: 200n })])).toEqual({
      debitFen: 700n,
      debitCount: 3,
      creditFen: 200n,
      creditCount: 1,
    });
  });

  test('an adjusted sale counts once, with its new total: neither the payment nor the refund of the difference counts', () => {
    const sold = one('payment', { count: 3, fen: 3_000n });
    const less = one('refund', { adjusts: true, fen: 250n });
    const more = one('payment', { adjusts: true, fen: 100n });
    expect(batchTotals([sold, less, more])).toEqual({ ...noTotals, debitFen: 2_850n, debitCount: 3 });
    const undone = { ...less, reversed: true };
    expect(batchTotals([sold, undone])).toEqual({ ...noTotals, debitFen: 3_000n, debitCount: 3 });
  });

  test('more that went back by adjustment than was sold is a debit of nought, in PostgreSQL too', () => {
    expect(batchTotals([one('refund', { adjusts: true })])).toEqual(noTotals);
    expect(shareFenSql).toBe('case when adjusts and kind = 6 then -fen else fen end');
  });

  test('of no outcomes they are nought', () => expect(batchTotals([])).toEqual(noTotals));

  test('are the same in whatever order and parts the outcomes come', () => {
    const kinds = Object.keys(kindCodes) as (keyof typeof kindCodes)[];
    const outcome = fc
      .record({
        kind: fc.constantFrom(...kinds),
        declined: fc.boolean(),
        reversed: fc.boolean(),
        fen: fc.bigInt({ min: 0n, max: 10_000n }),
      })
      .map(({ kind, ...rest }) => one(kind, rest));
    fc.assert(
      fc.property(fc.array(outcome), fc.nat(), (outcomes, at) => {
        const [a, b] = [outcomes.slice(0, at), outcomes.slice(at)].map(batchTotals) as [
          ReturnType<typeof batchTotals>,
          ReturnType<typeof batchTotals>,
        ];
        const whole = batchTotals(outcomes.toReversed());
        expect(whole.debitFen).toBe(a.debitFen + b.debitFen);
        expect(whole.creditFen).toBe(a.creditFen + b.creditFen);
        expect(whole.debitCount + whole.creditCount).toBe(
          a.debitCount + b.debitCount + a.creditCount + b.creditCount,
        );
      }),
    );
  });

  test('a sum that is less than nought is a fault of ours', () => {
    expect(() => batchTotals([one('payment', { fen: -1n })])).toThrow(RangeError);
  });
});

describe('a settlement', () => {
  const own = { debitFen: 700n, debitCount: 3, creditFen: 200n, creditCount: 1 };
  test('balances where the terminal says what our books say', () => {
    expect(isBalanced({ ...own }, own)).toBe(true);
  });
  test.for([{ debitFen: 701n }, { debitCount: 2 }, { creditFen: 0n }, { creditCount: 2 }])(
    'does not with another %o',
    (other) => expect(isBalanced({ ...own, ...other }, own)).toBe(false),
  );
});
