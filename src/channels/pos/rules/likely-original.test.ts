import { expect, test } from 'vitest';
import type { KnownOutcome } from '#clearing/rules/state.ts';
import { bucketOf, firstCardAccountId } from '#ledger/rules/accounts.ts';
import { batchBefore, isLikelyOriginal, isOfBatchBefore } from './likely-original.ts';

const card = { cardId: 1n, cardAccountId: firstCardAccountId, bucket: bucketOf(firstCardAccountId) };
const other = {
  cardId: 2n,
  cardAccountId: firstCardAccountId + 1n,
  bucket: bucketOf(firstCardAccountId + 1n),
};
const { bucket } = card;
const known = (over: Partial<KnownOutcome> = {}) =>
  ({
    ...{ cardId: 1n, bucket, amountFen: 100n, localTime: '2026-11-22 08:30:00', legs: [], refusal: null },
    ...over,
  }) as KnownOutcome;
const undated = { card, amountFen: 100n, isDated: false };
const moved = (account: bigint) => [
  { accountId: account * 16n, amountFen: 100n, balanceFen: 0n, returnedFen: 0n },
];

test('a reversal without a day is of what has the same card and amount', () => {
  expect(isLikelyOriginal(known(), undated)).toBe(true);
  expect(isLikelyOriginal(known({ cardId: 2n }), undated)).toBe(false);
  expect(isLikelyOriginal(known({ amountFen: 101n }), undated)).toBe(false);
});

test('what named its original is of whose money it moved, and of its card’s bucket where it moved none', () => {
  const void_ = known({ cardId: 0n, amountFen: null, legs: moved(firstCardAccountId) });
  expect(isLikelyOriginal(void_, undated)).toBe(true);
  expect(isLikelyOriginal(void_, { ...undated, card: other })).toBe(false);
  expect(isLikelyOriginal(known({ cardId: 0n, amountFen: null }), undated)).toBe(true);
  expect(isLikelyOriginal(known({ cardId: 0n, bucket: bucket + 1 }), undated)).toBe(false);
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

const inBatchBefore = { localTime: '2026-11-22 08:30:00' } as KnownOutcome;

test('before the first batch was the last', () => {
  expect([1, 2, 999_999].map(batchBefore)).toEqual([999_999, 1, 999_998]);
});

test('a message of the same second is the one that the batch before has, of another second it is not', () => {
  for (const isOfEarlier of [true, false]) {
    expect(isOfBatchBefore(inBatchBefore, { isOfEarlier, localTime: '2026-11-22 08:30:00' })).toBe(true);
    expect(isOfBatchBefore(inBatchBefore, { isOfEarlier, localTime: '2026-11-22 08:30:01' })).toBe(false);
  }
});

test('one that says no time is, where it says that it was sent before', () => {
  expect(isOfBatchBefore(inBatchBefore, { isOfEarlier: true, localTime: null })).toBe(true);
  expect(isOfBatchBefore(inBatchBefore, { isOfEarlier: false, localTime: null })).toBe(false);
});
