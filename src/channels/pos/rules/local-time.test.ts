import { expect, test } from 'vitest';
import { nearestDay, readLocalTime } from './local-time.ts';

const today = '2026-11-25';
const read = (field12?: string, field13?: string) => readLocalTime({ field12, field13 }, today);

test('a terminal of 1987 says its time and its day apart, or one of them, or none', () => {
  expect(read('083000', '1122')).toEqual({ date: '2026-11-22', time: '08:30:00' });
  expect(read('083000')).toEqual({ date: null, time: '08:30:00' });
  expect(read(undefined, '1122')).toEqual({ date: '2026-11-22', time: null });
  expect(read()).toEqual({ date: null, time: null });
});

test('a terminal of 1993 says both in field 12', () => {
  expect(read('261122083000')).toEqual({ date: '2026-11-22', time: '08:30:00' });
  expect(read('261322083000')).toBeNull();
});

test.each([
  ['240000', undefined],
  ['086000', undefined],
  ['083000', '1131'],
  ['083000', '0000'],
  ['0830', '1122'],
])('a clock %s on a day %s is none', (field12, field13) => {
  expect(read(field12, field13)).toBeNull();
});

test.each([
  ['1231', '2027-01-02', '2026-12-31'],
  ['0101', '2026-12-31', '2027-01-01'],
  ['1122', '2026-11-22', '2026-11-22'],
  ['0228', '2026-11-22', '2027-02-28'],
  ['0229', '2028-02-20', '2028-02-29'],
])('%s, read on %s, is %s', (monthDay, now, day) => {
  expect(nearestDay(monthDay, now)).toBe(day);
});

test('the 29th of February is a day only beside a leap year', () => {
  expect(nearestDay('0229', '2026-11-22')).toBeNull();
});
