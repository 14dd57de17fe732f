import { expect, test } from 'vitest';
import { kindCodes } from '#clearing/request.ts';
import type { KnownOutcome } from '#clearing/rules/state.ts';
import { accountId, firstCardAccountId } from '#ledger/rules/accounts.ts';
import { fen } from '#money/fen.ts';
import { judgeAdjustment, standsHigher } from './adjustment.ts';

const sale = (over: Partial<KnownOutcome> = {}) =>
  ({
    kind: kindCodes.payment,
    refusal: null,
    amountFen: 1_000n,
    detail: null,
    legs: [],
    ...over,
  }) as KnownOutcome;
const firstPurse = accountId(firstCardAccountId, 'online');
const first = { isFirst: true, wasAdjusted: false, isOfBatch: true };
const returned = { accountId: 1n, amountFen: -1_000n, balanceFen: 0n, returnedFen: 400n };

test('a lower total gives the difference back, a higher one takes it, the same moves nothing', () => {
  expect(judgeAdjustment(fen(900), sale(), first)).toEqual({ move: 'refund', amountFen: 100n });
  expect(judgeAdjustment(fen(1_200), sale(), first)).toEqual({ move: 'payment', amountFen: 200n });
  expect(judgeAdjustment(fen(1_000), sale(), first)).toEqual({ move: 'none' });
});

test('only a payment that was approved at a price has another total', () => {
  expect(judgeAdjustment(fen(900), undefined, first)).toBe('original-not-found');
  for (const over of [{ kind: kindCodes.refund }, { refusal: 'card-lost' }, { amountFen: null }])
    expect(judgeAdjustment(fen(900), sale(over), first)).toBe('original-mismatch');
});

test('an adjustment is not adjusted itself, nor a sale of a batch that is settled', () => {
  expect(judgeAdjustment(fen(900), sale({ detail: 'adjusts=7' }), first)).toBe('original-mismatch');
  expect(judgeAdjustment(fen(900), sale(), { ...first, isOfBatch: false })).toBe('original-not-found');
});

test('nothing is taken on top of what went back', () => {
  const gone = sale({ legs: [returned] });
  expect(judgeAdjustment(fen(1_200), gone, first)).toBe('already-returned');
  const repeat = { ...first, isFirst: false, wasAdjusted: true };
  expect(judgeAdjustment(fen(1_200), gone, repeat)).toEqual({ move: 'payment', amountFen: 200n });
});

test('the total that it had is no new adjustment of a sale that was adjusted, but its repeat is answered', () => {
  const adjusted = { ...first, wasAdjusted: true };
  expect(judgeAdjustment(fen(1_000), sale(), adjusted)).toBe('key-reused');
  expect(judgeAdjustment(fen(1_000), sale(), { ...adjusted, isFirst: false })).toEqual({ move: 'none' });
});

test('a sale stands higher while what was added to it is not all back', () => {
  const merchant = { accountId: 17n, amountFen: 200n, balanceFen: null, returnedFen: 0n };
  const added = (returnedFen: bigint) => {
    const purse = { accountId: firstPurse, amountFen: -200n, balanceFen: 0n, returnedFen };
    return sale({ legs: [purse, merchant] });
  };
  expect([0n, 150n, 200n].map((back) => standsHigher(added(back)))).toEqual([true, true, false]);
  for (const none of [undefined, sale({ kind: kindCodes.refund }), sale({ refusal: 'insufficient-funds' })])
    expect(standsHigher(none)).toBe(false);
});
