import { describe, expect, test } from 'vitest';
import { newRider, paidText, passesText, readGrants, readPaid, readPasses } from './rider.ts';

describe('a rider’s row', () => {
  test('what was paid is written in one text, and read as it was', () => {
    const paid = [
      { participantId: 200_001, paidFen: 600n },
      { participantId: 200_002, paidFen: 0n },
    ];
    expect(paidText(paid)).toBe('200001:600,200002:0');
    expect(readPaid(paidText(paid))).toEqual(paid);
  });

  test('passes are written in one text, and read as they were', () => {
    const pass = {
      participantId: 200_001,
      code: 'M120',
      entryId: 9_223_372_036_854_775_807n,
      boughtOn: '2026-11-22',
      fromDay: '2026-12-01',
      untilDay: '2026-12-31',
      ridesLeft: null,
    };
    const passes = [pass, { ...pass, code: 'T20', ridesLeft: 0 }];
    expect(readPasses(passesText(passes))).toEqual(passes);
    expect(
      passesText(Array.from({ length: 8 }, () => ({ ...pass, code: 'ABCDEFGH', ridesLeft: 100_000 }))).length,
    ).toBeLessThan(1_000);
  });

  test('categories are read as the store gives them', () => {
    expect(readGrants('senior-70:2026-11-15:,student:2026-09-01:2027-08-31')).toEqual([
      { category: 'senior-70', fromDay: '2026-11-15', toDay: null },
      { category: 'student', fromDay: '2026-09-01', toDay: '2027-08-31' },
    ]);
  });

  test('nothing is written as nothing', () => {
    expect([paidText(newRider.paid), passesText(newRider.passes)]).toEqual(['', '']);
    expect([readPaid(''), readPasses(''), readGrants('')]).toEqual([[], [], []]);
  });
});
