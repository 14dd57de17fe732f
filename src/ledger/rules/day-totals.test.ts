import fc from 'fast-check';
import { expect, test } from 'vitest';
import { payable, purse } from '#testing/small/books.ts';
import { accountId, firstCardAccountId } from './accounts.ts';
import { dayTotalsOf } from './day-totals.ts';

const account = fc.constantFrom(
  purse('online'),
  purse('e-purse'),
  accountId(firstCardAccountId, 'online'),
  payable,
);
const posting = fc.record({
  accountId: account,
  amountFen: fc.bigInt({ min: -1_000n, max: 1_000n }).filter((amount) => amount !== 0n),
});

test('a payment and a refund are a debit and a credit of all purses of the kind, and of the participant', () => {
  const other = accountId(firstCardAccountId, 'online');
  const totals = dayTotalsOf([
    { accountId: purse('online'), amountFen: -100n },
    { accountId: payable, amountFen: 100n },
    { accountId: other, amountFen: 30n },
    { accountId: payable, amountFen: -30n },
  ]);
  expect(totals).toEqual([
    { accountId: 2n, debitFen: 100n, creditFen: 30n, debitCount: 1, creditCount: 1 },
    { accountId: payable, debitFen: 30n, creditFen: 100n, debitCount: 1, creditCount: 1 },
  ]);
});

test('no posting is lost and none counted twice, in whatever order they come', () => {
  fc.assert(
    fc.property(fc.array(posting), (postings) => {
      const totals = dayTotalsOf(postings);
      expect(dayTotalsOf(postings.toReversed())).toEqual(totals);
      expect(totals.reduce((sum, one) => sum + one.creditFen - one.debitFen, 0n)).toBe(
        postings.reduce((sum, one) => sum + one.amountFen, 0n),
      );
      expect(totals.reduce((sum, one) => sum + one.creditCount + one.debitCount, 0)).toBe(postings.length);
      for (const one of totals) expect(one.creditFen >= 0n && one.debitFen >= 0n).toBe(true);
    }),
  );
});

test('the totals stand in the order of their accounts, so that every group locks them alike', () => {
  fc.assert(
    fc.property(fc.array(posting), (postings) => {
      const ids = dayTotalsOf(postings).map((total) => total.accountId);
      expect(ids).toEqual([...new Set(ids)].sort((a, b) => (a < b ? -1 : 1)));
    }),
  );
});
