import { describe, expect, test } from 'vitest';
import { groupedBy } from '#sectors/rules/effective.ts';
import { limitAt, type MccRule, mccKey } from './merchant-categories.ts';

const limit = { perPaymentFen: 500n, perDayFen: 1_000n, pinFreeFen: 300n };
const own = { ...limit, product: 'standard', effectiveFrom: '2026-01-01' };
const later = { ...own, effectiveFrom: '2026-11-23', perPaymentFen: 50n, perDayFen: 100n };
const rule = (over: Partial<MccRule>): MccRule => ({
  product: '*',
  mcc: '7995',
  effectiveFrom: '2026-01-01',
  verdict: 'blocked',
  perPaymentFen: null,
  perDayFen: null,
  ...over,
});
const rules = [
  rule({}),
  rule({ effectiveFrom: '2026-06-01', verdict: 'limits' }),
  rule({ effectiveFrom: '2026-09-01' }),
  rule({ product: 'standard', mcc: '5993' }),
  rule({ mcc: '5993', verdict: 'limits' }),
  rule({ mcc: '5944', verdict: 'limits', perPaymentFen: 200n }),
  rule({ mcc: '5045', verdict: 'limits', perPaymentFen: 5_000n, perDayFen: 9_000n }),
];
const terms = {
  limits: groupedBy([own, later], (row) => row.product),
  mccRules: groupedBy(rules, (row) => mccKey(row.product, row.mcc)),
};
const at = (mcc: string, day = '2026-11-22', product = 'standard') => limitAt(terms, { product, mcc }, day);

describe('the limits at a merchant', () => {
  test('where no rule speaks of the category they are the product’s own, of that day', () => {
    expect(at('5411')).toMatchObject(limit);
    expect(at('5411', '2026-11-23')).toMatchObject({ perPaymentFen: 50n, perDayFen: 100n });
  });

  test('a product without limits in force may not pay at all, whatever the category', () => {
    expect(at('5411', '2025-12-31')).toBe('no-tariff');
    expect(at('7995', '2026-11-22', 'unheard-of')).toBe('no-tariff');
  });

  test.for([
    ['2026-01-01', true],
    ['2026-06-01', false],
    ['2026-09-01', true],
  ] as const)('on %s the category is blocked: %s; a later row of limits lifts a block', ([day, blocked]) => {
    expect(at('7995', day) === 'merchant-category-not-allowed').toBe(blocked);
  });

  test('the product’s own rule goes before that of every product', () => {
    expect(at('5993')).toBe('merchant-category-not-allowed');
    const senior = { ...terms, limits: new Map([['senior', [{ ...own, product: 'senior' }]]]) };
    expect(limitAt(senior, { product: 'senior', mcc: '5993' }, '2026-11-22')).toMatchObject(limit);
  });

  test('a category’s limits stand in the place of the product’s, lower or higher, each for itself', () => {
    expect(at('5944')).toEqual({ ...limit, perPaymentFen: 200n });
    expect(at('5045')).toEqual({ ...limit, perPaymentFen: 5_000n, perDayFen: 9_000n });
  });
});
