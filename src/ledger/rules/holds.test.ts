import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fen } from '#money/fen.ts';
import { accountsOf, purse } from '#testing/small/books.ts';
import type { Account } from './entry.ts';
import {
  captureHolds,
  type Hold,
  type HoldChange,
  isExpired,
  placeHolds,
  releaseHolds,
  remainingFen,
} from './holds.ts';

const terms = { entryId: 5n, expiresAtMs: 1_000 };
const debit = (code: 'e-purse' | 'online', amount: number) => ({
  accountId: purse(code),
  amountFen: fen(-amount),
});
const hold = (code: 'e-purse' | 'online', amount: number, captured = 0): Hold => ({
  ...terms,
  accountId: purse(code),
  amountFen: fen(amount),
  capturedFen: fen(captured),
  freedFen: fen(0),
  endedBy: null,
  state: 'open',
});
const change = (result: HoldChange | string): HoldChange => {
  if (typeof result === 'string') throw new Error(result);
  return result;
};
const standAfter = (before: ReadonlyMap<bigint, Account>, { accounts }: HoldChange) =>
  new Map([...before, ...accounts.map((account) => [account.id, account] as const)]);

describe('placing a hold', () => {
  test.for([
    { balance: 100, held: 0, asks: 100, result: 100n },
    { balance: 100, held: 0, asks: 101, result: 'insufficient-funds' },
    { balance: 100, held: 60, asks: 40, result: 100n },
    { balance: 100, held: 60, asks: 41, result: 'insufficient-funds' },
  ])('a purse with $balance, of which $held held, is asked to hold $asks: $result', (row) => {
    const before = accountsOf({ online: [row.balance, row.held, 0] });
    const placed = placeHolds([debit('online', row.asks)], before, terms);
    expect(typeof placed === 'string' ? placed : placed.accounts[0]?.heldFen).toBe(row.result);
  });

  test('it moves nothing: the balance stays, and nothing is posted', () => {
    const placed = change(placeHolds([debit('online', 40)], accountsOf({ online: [100, 0, 0] }), terms));
    expect(placed.accounts).toMatchObject([{ balanceFen: 100n, heldFen: 40n }]);
    expect(placed.debits).toEqual([]);
    expect(placed.holds).toEqual([hold('online', 40)]);
  });

  test('one over two purses lies on both, or on neither', () => {
    const before = accountsOf({ 'e-purse': [30, 0, 0], online: [100, 0, 0] });
    const both = change(placeHolds([debit('e-purse', 30), debit('online', 50)], before, terms));
    expect(both.holds.map(remainingFen)).toEqual([30n, 50n]);
    expect(placeHolds([debit('e-purse', 31), debit('online', 50)], before, terms)).toBe('insufficient-funds');
  });

  test('a purse that is not open holds nothing, and a credit is never held', () => {
    expect(placeHolds([debit('online', 1)], new Map(), terms)).toBe('purse-not-open');
    expect(() => placeHolds([debit('online', -1)], accountsOf({ online: [9, 0, 0] }), terms)).toThrow(
      RangeError,
    );
    expect(() => placeHolds([debit('online', 0)], accountsOf({ online: [9, 0, 0] }), terms)).toThrow(
      RangeError,
    );
  });
});

describe('capturing', () => {
  const before = accountsOf({ 'e-purse': [30, 30, 0], online: [100, 50, 0] });
  const open = [hold('e-purse', 30), hold('online', 50)];

  test.for([
    { takes: 80, final: false, taken: [30n, 50n], states: ['captured', 'captured'], held: [0n, 0n] },
    { takes: 40, final: false, taken: [30n, 10n], states: ['captured', 'open'], held: [0n, 40n] },
    { takes: 10, final: false, taken: [10n], states: ['open', 'open'], held: [20n, 50n] },
    { takes: 10, final: true, taken: [10n], states: ['captured', 'captured'], held: [0n, 0n] },
    { takes: 40, final: true, taken: [30n, 10n], states: ['captured', 'captured'], held: [0n, 0n] },
  ])('$takes of 30 and 50 (final: $final) come from the first purse first: $taken', (row) => {
    const captured = change(
      captureHolds(open, before, { entryId: 9n, amountFen: fen(row.takes), final: row.final }),
    );
    expect(captured.debits.map((leg) => -leg.amountFen)).toEqual(row.taken);
    expect(captured.holds.map((one) => one.state)).toEqual(row.states);
    expect(captured.accounts.map((account) => account.heldFen)).toEqual(row.held);
    expect(captured.holds.map((one) => one.endedBy)).toEqual(Array(2).fill(row.final ? 9n : null));
  });

  test('what was let go of when it was opened again is not taken any more', () => {
    const reopened = { ...hold('online', 80), freedFen: fen(30) };
    const take = (amount: number) =>
      captureHolds([reopened], before, { entryId: 9n, amountFen: fen(amount), final: false });
    expect(take(51)).toBe('capture-exceeds-hold');
    expect(change(take(50))).toMatchObject({ holds: [{ state: 'captured' }], accounts: [{ heldFen: 0n }] });
  });

  test('no more than is held is taken, also when the purse has more', () => {
    expect(captureHolds(open, before, { entryId: 9n, amountFen: fen(81), final: false })).toBe(
      'capture-exceeds-hold',
    );
    expect(captureHolds(open, before, { entryId: 9n, amountFen: fen(81), final: true })).toBe(
      'capture-exceeds-hold',
    );
  });

  test('an authorisation that is finished gives nothing more', () => {
    expect(captureHolds([], before, { entryId: 9n, amountFen: fen(1), final: false })).toBe('hold-not-open');
  });

  test('a hold on a purse that nobody locked is a fault', () => {
    expect(() => captureHolds(open, new Map(), { entryId: 9n, amountFen: fen(1), final: false })).toThrow(
      'not locked',
    );
  });

  test('captures in any parts, then a release, take what was captured and free the rest to the fen', () => {
    const parts = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 8 });
    fc.assert(
      fc.property(parts, fc.constantFrom({ voidedBy: 9n }, 'expired' as const), (takes, end) => {
        let accounts = new Map(before);
        let holds = [...open];
        let taken = 0n;
        for (const take of takes) {
          const result = captureHolds(holds, accounts, { entryId: 9n, amountFen: fen(take), final: false });
          if (typeof result === 'string') continue;
          accounts = standAfter(accounts, result);
          holds = result.holds.filter((one) => one.state === 'open');
          taken += result.debits.reduce((sum, leg) => sum - leg.amountFen, 0n);
          expect(result.debits.reduce((sum, leg) => sum - leg.amountFen, 0n)).toBe(BigInt(take));
        }
        const released = releaseHolds(holds, accounts, end);
        if (typeof released !== 'string') accounts = standAfter(accounts, released);
        const left = [...accounts.values()];
        expect(left.reduce((sum, account) => sum + account.balanceFen, 0n)).toBe(130n - taken);
        expect(left.map((account) => account.heldFen)).toEqual([0n, 0n]);
        expect(taken).toBeLessThanOrEqual(80n);
      }),
    );
  });
});

describe('releasing', () => {
  test('what was not captured becomes free, and nothing moves', () => {
    const before = accountsOf({ online: [100, 30, 0] });
    const released = change(releaseHolds([hold('online', 50, 20)], before, { voidedBy: 9n }));
    expect(released.accounts).toMatchObject([{ balanceFen: 100n, heldFen: 0n }]);
    expect(released.holds).toMatchObject([{ state: 'voided', capturedFen: 20n, endedBy: 9n }]);
    expect(released.debits).toEqual([]);
  });

  test('several holds on one purse are all freed', () => {
    const before = accountsOf({ online: [100, 90, 0] });
    const holds = [hold('online', 50), { ...hold('online', 40), entryId: 6n }];
    expect(change(releaseHolds(holds, before, 'expired')).accounts).toMatchObject([{ heldFen: 0n }]);
  });

  test('there is nothing to release where nothing is open', () => {
    expect(releaseHolds([], accountsOf({}), { voidedBy: 9n })).toBe('hold-not-open');
    expect(() => releaseHolds([hold('online', 1)], new Map(), { voidedBy: 9n })).toThrow('not locked');
  });

  test.for([
    [999, false],
    [1_000, true],
    [1_001, true],
  ] as const)('a hold until 1000 has ended at %i: %s', ([nowMs, ended]) => {
    expect(isExpired(hold('online', 1), nowMs)).toBe(ended);
  });
});

test('a capture of less than nothing, and one of a hold of which more was captured than held, is a fault', () => {
  const accounts = accountsOf({ online: [100, 50, 0] });
  const capture = (amount: number) => ({ entryId: 9n, amountFen: fen(amount), final: false });
  expect(() => captureHolds([hold('online', 50)], accounts, capture(-1))).toThrow(RangeError);
  expect(() => captureHolds([hold('online', 50, 51)], accounts, capture(1))).toThrow(RangeError);
});
