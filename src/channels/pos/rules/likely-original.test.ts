import { expect, test } from 'vitest';
import type { KnownOutcome } from '#clearing/rules/state.ts';
import { isLikelyOriginal } from './likely-original.ts';

const known = (over: Partial<KnownOutcome> = {}) =>
  ({ cardId: 1n, amountFen: 100n, localTime: '2026-11-22 08:30:00', ...over }) as KnownOutcome;
const undated = { cardId: 1n, amountFen: 100n, isDated: false };

test('a reversal without a day is of what has the same card and amount', () => {
  expect(isLikelyOriginal(known(), undated)).toBe(true);
  expect(isLikelyOriginal(known({ cardId: 2n }), undated)).toBe(false);
  expect(isLikelyOriginal(known({ amountFen: 101n }), undated)).toBe(false);
});

test('a reversal with a day is never of what said another', () => {
  const dated = { ...undated, isDated: true };
  expect(isLikelyOriginal(known(), dated)).toBe(false);
  expect(isLikelyOriginal(known({ localTime: '2026-11-22 00:00:00' }), dated)).toBe(true);
});

test('what keeps a place for an original that has not come is none', () => {
  expect(isLikelyOriginal(known({ refusal: 'reversed-before-arrival' }), undated)).toBe(false);
  expect(isLikelyOriginal(known({ refusal: 'insufficient-funds' }), undated)).toBe(true);
});
