import { expect, test } from 'vitest';
import { readOriginalData } from './original-data.ts';

test('hosts of 1987 name an original in field 90, by its trace', () => {
  const fields = { 90: `0200${'000123'}1122140530${'00000460101'}${'00000000000'}` };
  expect(readOriginalData(fields, 1987)).toEqual({ trace: '000123', localTime: null });
});

test('those of 1993 in field 56, by its trace and its local time', () => {
  const fields = { 56: `1200${'000123'}261122140530${'46010000'}` };
  expect(readOriginalData(fields, 1993)).toEqual({ trace: '000123', localTime: '261122140530' });
  expect(readOriginalData({ 56: `1200${'000123'}000000000000` }, 1993)).toEqual({
    trace: '000123',
    localTime: null,
  });
});

test('where nothing is named nothing is read', () => {
  expect(readOriginalData({}, 1987)).toBeNull();
  expect(readOriginalData({ 90: '0'.repeat(42) }, 1987)).toBeNull();
  expect(readOriginalData({ 90: '0200' }, 1987)).toBe('format');
  expect(readOriginalData({ 56: '0'.repeat(42) }, 1987)).toBeNull();
});
