import { expect, test } from 'vitest';
import { readLocalTime } from './local-time.ts';

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

test('around New Year a day is the one that is nearest to today', () => {
  const on = (field13: string, day: string) => readLocalTime({ field12: undefined, field13 }, day)?.date;
  expect(on('1231', '2027-01-02')).toBe('2026-12-31');
  expect(on('0101', '2026-12-31')).toBe('2027-01-01');
  expect(on('0229', '2026-11-22')).toBeUndefined();
});
