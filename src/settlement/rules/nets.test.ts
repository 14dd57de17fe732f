import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accountId } from '#ledger/rules/accounts.ts';
import { dayTotalsOf } from '#ledger/rules/day-totals.ts';
import { kindTotalsOf, movementFen, netFen, netsOf, purseMovementFen } from './nets.ts';

const card = 1_000_042n;
const posted = [
  { accountId: accountId(card, 'e-purse'), amountFen: -150n },
  { accountId: accountId(card, 'online'), amountFen: -50n },
  { accountId: accountId(7n, 'payable'), amountFen: 200n },
  { accountId: accountId(card, 'online'), amountFen: 1_000n },
  { accountId: accountId(7n, 'receivable'), amountFen: -1_000n },
  { accountId: accountId(9n, 'payable'), amountFen: -30n },
  { accountId: accountId(card, 'medical'), amountFen: 30n },
];
const totals = dayTotalsOf(posted);

describe('nets', () => {
  test('are one per participant, over what we owe it and what it owes us', () => {
    expect(netsOf(totals)).toEqual([
      { participantId: 7, creditFen: 200n, debitFen: 1_000n, creditCount: 1, debitCount: 1 },
      { participantId: 9, creditFen: 0n, debitFen: 30n, creditCount: 0, debitCount: 1 },
    ]);
    expect(netsOf(totals).map(netFen)).toEqual([-800n, -30n]);
  });

  test('and the movement of all purses make zero, whatever was posted', () => {
    const leg = fc.record({
      owner: fc.constantFrom(1n, 2n, 900_001n),
      code: fc.constantFrom('payable' as const, 'receivable' as const),
      purse: fc.constantFrom('e-purse' as const, 'online' as const, 'subsidy' as const),
      amountFen: fc.bigInt({ min: 1n, max: 10n ** 12n }).chain((n) => fc.constantFrom(n, -n)),
    });
    fc.assert(
      fc.property(fc.array(leg), (legs) => {
        const sums = dayTotalsOf(
          legs.flatMap(({ owner, code, purse, amountFen }) => [
            { accountId: accountId(card + owner, purse), amountFen: -amountFen },
            { accountId: accountId(owner, code), amountFen },
          ]),
        );
        expect(movementFen(netsOf(sums)) + purseMovementFen(sums)).toBe(0n);
        expect(movementFen(kindTotalsOf(sums))).toBe(0n);
      }),
    );
  });

  test('do not hide money from nowhere', () => {
    expect(movementFen(dayTotalsOf(posted.slice(1)))).toBe(150n);
  });
});

describe('totals per kind', () => {
  test('have a row for each kind of account, moved or not', () => {
    const rows = kindTotalsOf(totals).map((row) => [row.kind, row.debitFen, row.creditFen, row.debitCount]);
    expect(rows).toEqual([
      ['e-purse', 150n, 0n, 1],
      ['online', 50n, 1_000n, 1],
      ['medical', 0n, 30n, 0],
      ['subsidy', 0n, 0n, 0],
      ['farm-subsidy', 0n, 0n, 0],
      ['elder-care', 0n, 0n, 0],
      ['payable', 30n, 200n, 1],
      ['receivable', 1_000n, 0n, 1],
    ]);
  });

  test('are not made of accounts that do not belong in the day totals', () => {
    const nothing = { debitFen: 0n, creditFen: 1n, debitCount: 0, creditCount: 1 };
    expect(() => kindTotalsOf([{ accountId: accountId(7n, 'online'), ...nothing }])).toThrow(RangeError);
    expect(() => kindTotalsOf([{ accountId: 8n, ...nothing }])).toThrow(RangeError);
  });
});
