import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDays,
  dayNumber,
  hainanDay,
  hainanDaySql,
  hainanTime,
  hainanTodaySql,
  isoTime,
  monthEnd,
  nextDay,
} from './calendar.ts';

const number = fc.integer({ min: 0, max: 60_000 });
const dayOf = (count: number) => new Date(count * 86_400_000).toISOString().slice(0, 10);

describe('days', () => {
  test.for([
    ['2026-12-31', '2027-01-01'],
    ['2028-02-28', '2028-02-29'],
    ['2027-02-28', '2027-03-01'],
    ['2100-02-28', '2100-03-01'],
  ] as const)('the day after %s is %s', ([day, after]) => {
    expect(nextDay(day)).toBe(after);
  });

  test.for([
    ['2026-11-22', 0, '2026-11-22'],
    ['2026-11-22', 29, '2026-12-21'],
    ['2028-02-01', 28, '2028-02-29'],
  ] as const)('%s and %i days is %s', ([day, days, after]) => {
    expect(addDays(day, days)).toBe(after);
  });

  test.for([
    ['2026-11-01', '2026-11-30'],
    ['2026-12-31', '2026-12-31'],
    ['2028-02-05', '2028-02-29'],
  ] as const)('the month of %s ends on %s', ([day, last]) => {
    expect(monthEnd(day)).toBe(last);
  });

  test('a day has the number of days since 1970, and the next day the next number', () => {
    expect(dayNumber('1970-01-01')).toBe(0);
    fc.assert(
      fc.property(number, (count) => {
        expect(dayNumber(dayOf(count))).toBe(count);
        expect(dayNumber(nextDay(dayOf(count)))).toBe(count + 1);
      }),
    );
  });

  test.for([
    '2026-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-1-1',
    '26-01-01',
    '2026-11-22 ',
    '0000-01-01',
    'today',
    '',
  ])('%j is no day', (text) => {
    expect(dayNumber(text)).toBeNaN();
  });
});

describe('the time in Hainan', () => {
  test.for([
    ['2026-11-22T15:59:59.999Z', '2026-11-22', '2026-11-22 23:59:59'],
    ['2026-11-22T16:00:00.000Z', '2026-11-23', '2026-11-23 00:00:00'],
    ['2026-12-31T16:00:00.000Z', '2027-01-01', '2027-01-01 00:00:00'],
    ['2026-07-01T00:30:00.000Z', '2026-07-01', '2026-07-01 08:30:00'],
  ] as const)('at %s it is the %s, %s: eight hours ahead, in summer too', ([moment, day, time]) => {
    expect(hainanDay(Date.parse(moment))).toBe(day);
    expect(hainanTime(Date.parse(moment))).toBe(time);
  });

  test('the day does not depend on which day was asked for before', () => {
    const moment = fc.integer({ min: 0, max: 4_000_000_000_000 });
    fc.assert(
      fc.property(moment, moment, (one, other) => {
        const day = hainanDay(one);
        hainanDay(other);
        expect(hainanDay(one)).toBe(day);
        expect(hainanTime(one).slice(0, 10)).toBe(day);
      }),
    );
  });

  test('PostgreSQL computes it the same way (the batches of terminals are counted by it)', () => {
    expect(hainanDaySql('ms')).toBe(`(date '1970-01-01' + ((ms + 28800000) / 86400000)::int)`);
    expect(hainanTodaySql).toBe(`(now() at time zone 'UTC' + interval '28800000 milliseconds')::date`);
  });
});

test('a moment is written for programs in UTC', () => {
  expect(isoTime(0)).toBe('1970-01-01T00:00:00.000Z');
});
