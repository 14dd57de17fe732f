import { expect, test } from 'vitest';
import { delaySeconds, delays } from './delays.ts';

test('wrong tries cost nothing at first, then 1, 2, 4, 8 … seconds, up to the one that locks', () => {
  expect(delays).toEqual([0, 0, 1, 2, 4, 8, 16, 32, 64, 128]);
  expect(delaySeconds(0)).toBe(0);
  expect(delaySeconds(1_000)).toBe(128);
});
