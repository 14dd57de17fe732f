import { describe, expect, test } from 'vitest';
import { fen } from '#money/fen.ts';
import { legsOf, refuseLegs } from './legs.ts';

type Amounts = readonly [
  total: number,
  fund: number,
  mutualAid: number,
  cash: number,
  personalAccount: number,
];
const legs = (...[total, fund, mutualAid, cash, personalAccount]: Amounts) => ({
  totalFen: fen(total),
  fundFen: fen(fund),
  mutualAidFen: fen(mutualAid),
  cashFen: fen(cash),
  personalAccountFen: fen(personalAccount),
});

describe('the legs of a settlement', () => {
  test.for([
    { of: legs(10_000, 6_000, 500, 1_500, 1_200), card: 2_000, answer: null },
    { of: legs(10_000, 6_000, 500, 1_500, 2_000), card: 2_000, answer: null },
    { of: legs(10_000, 6_000, 500, 1_500, 2_001), card: 2_000, answer: 'legs-do-not-add-up' },
    { of: legs(10_001, 6_000, 500, 1_500, 1_200), card: 2_000, answer: 'legs-do-not-add-up' },
    { of: legs(9_999, 6_000, 500, 1_500, 1_200), card: 2_000, answer: 'legs-do-not-add-up' },
    { of: legs(10_000, 10_000, 0, 0, 0), card: 0, answer: null },
    { of: legs(10_000, 10_000, 0, 0, 1), card: 0, answer: 'legs-do-not-add-up' },
    { of: legs(10_000, 0, 0, 10_000, 0), card: 0, answer: 'amount-missing' },
    { of: legs(10_000, 0, 0, 0, 0), card: 10_000, answer: null },
  ])('$of with a card that pays $card are answered $answer', ({ of, card, answer }) => {
    expect(refuseLegs(of, fen(card))).toBe(answer);
  });

  test('are read from the fields as they are kept, and a payment without them has none', () => {
    const detail = { total: '10000', fund: '6000', mutualAid: '500', cash: '1500', personalAccount: '1200' };
    expect(legsOf(detail)).toEqual(legs(10_000, 6_000, 500, 1_500, 1_200));
    expect(legsOf({})).toBeNull();
  });
});
