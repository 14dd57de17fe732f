import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dateNear, isMonthDay } from './year-of.ts';

const msOfDay = 86_400_000;
const dateOf = (days: number) => new Date(days * msOfDay).toISOString().slice(0, 10);

describe('a date without a year', () => {
  test.each([
    ['1122', '2026-11-22', '2026-11-22'],
    ['1231', '2027-01-01', '2026-12-31'],
    ['0101', '2026-12-31', '2027-01-01'],
    ['0630', '2026-01-01', '2026-06-30'],
    ['0703', '2026-01-01', '2025-07-03'],
    ['0702', '2027-12-31', '2027-07-02'],
    ['0229', '2028-03-01', '2028-02-29'],
    ['0229', '2027-12-31', '2028-02-29'],
  ])('%s that is met on %s is %s', (monthDay, day, expected) => {
    expect(dateNear(monthDay, day)).toBe(expected);
  });

  test('is the one that has passed where two are equally near', () => {
    expect(dateNear('0101', '2028-07-02')).toBe('2028-01-01');
  });

  test.each(['0229', '0230', '0000', '1301', '0132', '0431', '11', '11-2', ''])(
    '"%s" is none in 2026',
    (monthDay) => {
      expect(dateNear(monthDay, '2026-11-22')).toBeNull();
    },
  );

  test('0229 is none where the leap year is more than half a year away', () => {
    expect(dateNear('0229', '2027-03-01')).toBeNull();
  });

  test('is any day of the half years before and after, whatever day it is met on', () => {
    const days = fc.integer({ min: 0, max: 60_000 });
    fc.assert(
      fc.property(days, fc.integer({ min: -181, max: 181 }), (met, away) => {
        const meant = dateOf(met + away);
        expect(dateNear(meant.slice(5).replace('-', ''), dateOf(met))).toBe(meant);
      }),
      { numRuns: 1000 },
    );
  });

  test('is asked for on a day: anything else is a fault', () => {
    expect(() => dateNear('1122', '20261122')).toThrow(RangeError);
  });
});

test('a month and a day are those of a leap year', () => {
  expect(['0101', '0229', '1231'].every(isMonthDay)).toBe(true);
  expect(['0001', '0100', '0230', '1301', '1131', '111', '11122'].some(isMonthDay)).toBe(false);
});
