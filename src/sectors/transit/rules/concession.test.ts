import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fen } from '#money/fen.ts';
import {
  categoryOn,
  concessionFare,
  countConcession,
  type Grant,
  type MonthRides,
  ridesIn,
  uncountConcession,
} from './concession.ts';

const half = {
  participantId: 1,
  category: 'student',
  effectiveFrom: '2026-01-01',
  rate: '0.5',
  ridesPerMonth: 120,
  beyondRate: '0.85',
};

describe('the category in force', () => {
  /** As the store gives them: the latest first day first, and of one day the last given first. */
  const grants: Grant[] = [
    { category: 'none', fromDay: '2026-12-01', toDay: null },
    { category: 'senior-70', fromDay: '2026-11-15', toDay: null },
    { category: 'student', fromDay: '2026-11-10', toDay: '2026-11-12' },
    { category: 'senior-65', fromDay: '2026-09-01', toDay: null },
    { category: 'student', fromDay: '2026-09-01', toDay: null },
  ];
  test.for([
    ['2026-08-31', null],
    ['2026-09-01', 'senior-65'],
    ['2026-11-09', 'senior-65'],
    ['2026-11-10', 'student'],
    ['2026-11-12', 'student'],
    ['2026-11-13', null],
    ['2026-11-14', null],
    ['2026-11-15', 'senior-70'],
    ['2026-11-30', 'senior-70'],
    ['2026-12-01', null],
  ] as const)(
    'on %s it is %s: the grant with the latest first day holds, also where it has ended, on any day of a month',
    ([day, category]) => {
      expect(categoryOn(grants, day)).toBe(category);
    },
  );

  test('who was given none has none', () => {
    expect(categoryOn([], '2026-11-22')).toBeNull();
  });
});

describe('what a ride costs by category', () => {
  test.for([
    [0, '0.5', 100n, true],
    [119, '0.5', 100n, true],
    [120, '0.5', 170n, false],
    [119, '0', 0n, true],
    [120, '0', 170n, false],
  ] as const)(
    'after %i rides at %s: %s of 201, and it counts: %s; rounded down',
    ([before, rate, amount, counts]) => {
      expect(concessionFare(fen(201), { ...half, rate }, before)).toEqual({ amountFen: amount, counts });
    },
  );
});

describe('the month’s rides', () => {
  test('a new month begins at nought', () => {
    const november = { month: '2026-11', rides: 120 };
    expect(ridesIn(november, '2026-11-30')).toBe(120);
    expect(ridesIn(november, '2026-12-01')).toBe(0);
    expect(countConcession(november, '2026-12-01')).toEqual({ month: '2026-12', rides: 1 });
  });

  test('a ride is given back to its own month only', () => {
    const december = { month: '2026-12', rides: 2 };
    expect(uncountConcession(december, '2026-12-31')).toEqual({ month: '2026-12', rides: 1 });
    expect(uncountConcession(december, '2026-11-30')).toEqual(december);
    expect(uncountConcession({ month: '2026-12', rides: 0 }, '2026-12-01').rides).toBe(0);
  });

  test('what is counted is what was ridden less what was taken back', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (backs) => {
        let month: MonthRides = { month: '1970-01', rides: 0 };
        for (const back of backs) {
          month = countConcession(month, '2026-11-22');
          if (back) month = uncountConcession(month, '2026-11-22');
        }
        expect(ridesIn(month, '2026-11-22')).toBe(backs.filter((back) => !back).length);
      }),
    );
  });
});
