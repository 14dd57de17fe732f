import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fen, sumFen } from '#money/fen.ts';
import { type Institution, settle } from './settle.ts';

const hospital: Institution = {
  participantId: 1,
  effectiveFrom: '2026-01-01',
  kind: 'hospital',
  pooledFundId: 2,
  mutualAidId: 3,
};
const rule = { purses: ['medical', 'online'] as const, split: true };
const legs = { totalFen: fen(100), fundFen: fen(60), mutualAidFen: fen(10), cashFen: fen(5) };
const settlement = { ...legs, personalAccountFen: fen(20) };

describe('a settlement', () => {
  test('takes the personal account’s part from it exactly, the rest from the holder’s own, and each fund’s from the fund', () => {
    expect(settle(settlement, fen(25), { institution: hospital, rule })).toEqual({
      parts: [
        { amountFen: 20n, purses: ['medical'], split: false },
        { amountFen: 5n, purses: ['online'], split: true },
      ],
      others: [
        { participantId: 2, amountFen: 60n },
        { participantId: 3, amountFen: 10n },
      ],
    });
  });

  test('is none for a pharmacy, nor where the fund that is to pay is none of the institution’s', () => {
    const pharmacy = { ...hospital, kind: 'pharmacy' as const };
    expect(settle(settlement, fen(25), { institution: pharmacy, rule })).toBe('no-tariff');
    const alone = { ...hospital, mutualAidId: null };
    expect(settle(settlement, fen(25), { institution: alone, rule })).toBe('no-tariff');
  });

  test('takes nothing from a purse that its rule does not name', () => {
    const at = (purses: readonly ('medical' | 'online')[]) => ({
      institution: hospital,
      rule: { purses, split: true },
    });
    expect(settle(settlement, fen(25), at(['online']))).toBe('purpose-not-allowed');
    expect(settle(settlement, fen(25), at(['medical']))).toBe('purpose-not-allowed');
  });

  test('either adds up to its total, payer by payer, or is refused', () => {
    const amount = fc.integer({ min: 0, max: 40 }).map((value) => fen(value));
    const anyLegs = fc.record({
      totalFen: fc.integer({ min: 1, max: 80 }).map((value) => fen(value)),
      fundFen: amount,
      mutualAidFen: amount,
      cashFen: amount,
      personalAccountFen: amount,
    });
    let settled = 0;
    fc.assert(
      fc.property(anyLegs, amount, fc.boolean(), (some, card, honest) => {
        const { fundFen, mutualAidFen, cashFen } = some;
        const sum = fen(fundFen + mutualAidFen + cashFen + card);
        const of = honest && sum > 0n ? { ...some, totalFen: sum } : some;
        const answer = settle(of, card, { institution: hospital, rule });
        if (typeof answer === 'string') {
          const fits = of.totalFen === sum && of.personalAccountFen <= card && sum > cashFen;
          expect(fits).toBe(false);
          return;
        }
        settled += 1;
        const ofPurses = sumFen(answer.parts.map((part) => part.amountFen));
        const ofOthers = sumFen(answer.others.map((other) => other.amountFen));
        expect(ofPurses).toBe(card);
        expect(answer.parts[0]).toMatchObject({ purses: ['medical'], amountFen: of.personalAccountFen });
        expect(ofPurses + ofOthers + cashFen).toBe(of.totalFen);
      }),
      { numRuns: 500 },
    );
    expect(settled).toBeGreaterThan(50);
  });
});
