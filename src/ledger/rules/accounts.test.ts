import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AccountCode,
  accountCode,
  accountCodes,
  accountId,
  accountOwner,
  anchorAccount,
  bucketOf,
  dayTotalAccount,
  firstCardAccountId,
  isPurse,
  purposePurses,
  purses,
} from './accounts.ts';

const codes = Object.keys(accountCodes) as AccountCode[];
const owner = fc.bigInt({ min: 0n, max: 2n ** 58n });

describe('the id of an account', () => {
  test('it tells its owner and what it is for, and no two accounts share one', () => {
    fc.assert(
      fc.property(
        fc.tuple(owner, fc.constantFrom(...codes)),
        fc.tuple(owner, fc.constantFrom(...codes)),
        (a, b) => {
          const id = accountId(...a);
          expect([accountOwner(id), accountCode(id)]).toEqual(a);
          expect(accountId(...b) === id).toBe(a[0] === b[0] && a[1] === b[1]);
        },
      ),
    );
  });

  test('the codes stand in the journal and never change', () => {
    expect(accountCodes).toEqual({
      'e-purse': 1,
      online: 2,
      medical: 3,
      subsidy: 4,
      'farm-subsidy': 5,
      'elder-care': 6,
      payable: 8,
      receivable: 9,
    });
  });

  test.for([0n, 7n, 10n, 15n])('code %i is in no chart: a fault', (code) => {
    expect(() => accountCode(firstCardAccountId * 16n + code)).toThrow(RangeError);
  });
});

describe('who carries a balance', () => {
  test('a card account’s accounts are purses, a participant’s are not', () => {
    expect(isPurse(accountId(firstCardAccountId, 'online'))).toBe(true);
    expect(isPurse(accountId(firstCardAccountId - 1n, 'payable'))).toBe(false);
  });

  test('one account of a card account stands for all of it: whoever locks it has the card', () => {
    expect(anchorAccount(firstCardAccountId)).toBe(accountId(firstCardAccountId, 'online'));
  });

  test('in a day’s totals all purses of a kind are one account, and a participant stays itself', () => {
    for (const purse of purses) {
      const [a, b] = [accountId(firstCardAccountId, purse), accountId(firstCardAccountId + 77n, purse)];
      expect(dayTotalAccount(a)).toBe(dayTotalAccount(b));
      expect(dayTotalAccount(a)).toBe(BigInt(accountCodes[purse]));
    }
    const payable = accountId(12n, 'payable');
    expect(dayTotalAccount(payable)).toBe(payable);
  });
});

describe('the bucket of a card account', () => {
  test('it is one of 256 and always the same', () => {
    fc.assert(
      fc.property(owner, (id) => {
        const bucket = bucketOf(id);
        expect(Number.isInteger(bucket) && bucket >= 0 && bucket < 256).toBe(true);
        expect(bucketOf(id)).toBe(bucket);
      }),
    );
  });

  // Rows are found by it for ever: another value would lose every card.
  test.for([
    [1_000_000n, 182],
    [1_000_001n, 48],
    [1_000_002n, 170],
    [9_999_999n, 167],
  ] as const)('card account %s is in the bucket it was put in', ([id, bucket]) => {
    expect(bucketOf(id)).toBe(bucket);
  });

  test('accounts that follow each other are spread: no bucket has twice its share', () => {
    const counts = new Map<number, number>();
    for (let i = 0; i < 25_600; i++) {
      const bucket = bucketOf(firstCardAccountId + BigInt(i));
      counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
    }
    expect(counts.size).toBe(256);
    expect(Math.max(...counts.values())).toBeLessThan(200);
  });
});

test('the codes of the purses of a purpose follow each other: a card’s are read as one range', () => {
  const codes = purposePurses.map((purse) => accountCodes[purse]).sort((a, b) => a - b);
  expect(codes).toEqual(codes.map((_, i) => (codes[0] ?? 0) + i));
});
