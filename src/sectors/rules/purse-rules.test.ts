import { describe, expect, test } from 'vitest';
import { type PurseRule, purseRuleOn, purseRulesOf, pursesThatMayPay } from './purse-rules.ts';

const rule = (over: Partial<PurseRule>): PurseRule => ({
  sector: 'shops',
  mcc: '*',
  effectiveFrom: '2026-01-01',
  purses: ['online'],
  split: false,
  ...over,
});
const rules = purseRulesOf([
  rule({}),
  rule({ mcc: '5411', purses: ['subsidy', 'online'], split: true }),
  rule({ mcc: '5411', purses: ['online'], effectiveFrom: '2027-01-01' }),
  rule({ mcc: '5261', purses: ['farm-subsidy'], effectiveFrom: '2026-06-01' }),
  rule({ sector: 'transit', purses: ['e-purse', 'online'], split: true }),
]);
const on = (mcc: string, day: string, sector = 'shops') => purseRuleOn(rules, { sector, mcc }, day)?.purses;

describe('a purse rule', () => {
  test.each([
    ['0000', '2026-11-22', ['online']],
    ['5411', '2026-11-22', ['subsidy', 'online']],
    ['5411', '2027-01-01', ['online']],
    ['5261', '2026-05-31', ['online']],
    ['5261', '2026-06-01', ['farm-subsidy']],
  ] as const)('for category %s on %s lets %j pay, in that order', (mcc, day, purses) => {
    expect(on(mcc, day)).toEqual(purses);
  });

  test('holds for its sector alone, and before the first one nothing may pay', () => {
    expect(on('5411', '2026-11-22', 'transit')).toEqual(['e-purse', 'online']);
    expect(on('5411', '2025-12-31')).toBeUndefined();
    expect(on('5411', '2026-11-22', 'medical')).toBeUndefined();
  });

  test('of any day is among the purses to lock, also that of every other category', () => {
    expect(pursesThatMayPay(rules, { sector: 'shops', mcc: '5411' })).toEqual(new Set(['subsidy', 'online']));
    expect(pursesThatMayPay(rules, { sector: 'shops', mcc: '5261' })).toEqual(
      new Set(['farm-subsidy', 'online']),
    );
    expect(pursesThatMayPay(rules, { sector: 'medical', mcc: '5411' })).toEqual(new Set());
  });
});
