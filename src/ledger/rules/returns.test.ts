import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fen } from '#money/fen.ts';
import { payable, purse } from '#testing/small/books.ts';
import { accountId } from './accounts.ts';
import { byAccount, type OriginalLeg, type Return, returnPart, returnWhole } from './returns.ts';

const entryId = 9n;
/** A payment over two purses, of which something may have gone back. */
const payment = (
  paid: readonly [number, number],
  back: readonly [number, number] = [0, 0],
): OriginalLeg[] => [
  { accountId: purse('e-purse'), amountFen: BigInt(-paid[0]), returnedFen: BigInt(back[0]) },
  { accountId: purse('online'), amountFen: BigInt(-paid[1]), returnedFen: BigInt(back[1]) },
  { accountId: payable, amountFen: BigInt(paid[0] + paid[1]), returnedFen: 0n },
];
/** What a health fund owes us. */
const fund = accountId(500n, 'receivable');
/** The same payment, of which a fund paid 50. */
const shared = (): OriginalLeg[] => [
  ...payment([30, 70]).map((leg) => (leg.accountId === payable ? { ...leg, amountFen: 150n } : leg)),
  { accountId: fund, amountFen: -50n, returnedFen: 0n },
];
const names = new Map([
  [payable, 'payable'],
  [fund, 'fund'],
]);
const credits = (result: Return | string) =>
  typeof result === 'string'
    ? result
    : result.postings.map(({ accountId, amountFen }) => [names.get(accountId) ?? accountId, amountFen]);

test.for([
  { back: [0, 0], asks: 0, of: 'nothing' },
  { back: [0, 0], asks: -1, of: 'less than nothing' },
  { back: [31, 0], asks: 1, of: 'a leg of which more went back than there was' },
  { back: [-1, 0], asks: 1, of: 'a leg of which less than nothing went back' },
] as const)('a refund of $of is a fault', ({ back, asks }) => {
  expect(() => returnPart(entryId, payment([30, 70], back), fen(asks))).toThrow(RangeError);
});

describe('a refund', () => {
  test.for([
    { back: [0, 0], asks: 50, ePurse: null, online: 50n },
    { back: [0, 0], asks: 70, ePurse: null, online: 70n },
    { back: [0, 0], asks: 71, ePurse: 1n, online: 70n },
    { back: [0, 0], asks: 100, ePurse: 30n, online: 70n },
    { back: [0, 60], asks: 20, ePurse: 10n, online: 10n },
    { back: [0, 70], asks: 30, ePurse: 30n, online: null },
    { back: [29, 70], asks: 1, ePurse: 1n, online: null },
  ] as const)('of 30 and 70 with $back back: $asks go to the purse that paid last first', (row) => {
    const result = returnPart(entryId, payment([30, 70], row.back), fen(row.asks));
    const wanted: unknown[] = [['payable', BigInt(-row.asks)]];
    if (row.ePurse !== null) wanted.push([purse('e-purse'), row.ePurse]);
    if (row.online !== null) wanted.push([purse('online'), row.online]);
    expect(credits(result)).toEqual(wanted);
  });

  test.for([
    [[0, 0], 101],
    [[0, 70], 31],
    [[30, 70], 1],
  ] as const)('with %o back of 30 and 70, %i more would exceed the original', ([back, asks]) => {
    expect(returnPart(entryId, payment([30, 70], back), fen(asks))).toBe('refund-exceeds-original');
  });

  test('it is noted for each purse how much has gone back now, of how much', () => {
    const result = returnPart(entryId, payment([30, 70], [0, 60]), fen(20));
    expect(typeof result === 'string' ? result : result.corrections).toEqual([
      { entryId, accountId: purse('online'), originalFen: 70n, returnedFen: 70n },
      { entryId, accountId: purse('e-purse'), originalFen: 30n, returnedFen: 10n },
    ]);
  });

  test('however it is cut, what goes back sums to what was paid, and not a fen more', () => {
    const parts = fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 10 });
    fc.assert(
      fc.property(fc.tuple(fc.nat(100), fc.integer({ min: 1, max: 100 })), parts, (paid, asks) => {
        let legs = payment(paid).filter((leg) => leg.amountFen !== 0n);
        let back = 0n;
        for (const ask of asks) {
          const result = returnPart(entryId, legs, fen(ask));
          expect(typeof result === 'string').toBe(back + BigInt(ask) > BigInt(paid[0] + paid[1]));
          if (typeof result === 'string') continue;
          back += BigInt(ask);
          expect(result.postings.reduce((sum, leg) => sum + leg.amountFen, 0n)).toBe(0n);
          const now = new Map(result.corrections.map((one) => [one.accountId, one.returnedFen]));
          legs = legs.map((leg) => ({ ...leg, returnedFen: now.get(leg.accountId) ?? leg.returnedFen }));
          for (const one of result.corrections) expect(one.returnedFen <= one.originalFen).toBe(true);
        }
      }),
    );
  });

  test('an original that moved nothing has nothing to give back', () => {
    expect(returnPart(entryId, [], fen(1))).toBe('refund-exceeds-original');
  });

  test('what others paid a part of is not given back in part: nobody can say whose part comes first', () => {
    expect(returnPart(entryId, shared(), fen(1))).toBe('not-returnable');
  });
});

describe('a reversal', () => {
  test('a payment goes back whole, to each purse what it paid', () => {
    expect(credits(returnWhole(entryId, payment([30, 70])))).toEqual([
      ['payable', -100n],
      [purse('e-purse'), 30n],
      [purse('online'), 70n],
    ]);
  });

  test('a load is taken out of the purse again', () => {
    const load: OriginalLeg[] = [
      { accountId: payable, amountFen: -50n, returnedFen: 0n },
      { accountId: purse('online'), amountFen: 50n, returnedFen: 0n },
    ];
    expect(credits(returnWhole(entryId, load))).toEqual([
      ['payable', 50n],
      [purse('online'), -50n],
    ]);
  });

  test('what others paid a part of goes back whole, to the purses and to the others', () => {
    const result = returnWhole(entryId, shared());
    expect(credits(result)).toEqual([
      ['payable', -150n],
      ['fund', 50n],
      [purse('e-purse'), 30n],
      [purse('online'), 70n],
    ]);
    expect(typeof result !== 'string' && result.corrections.map((row) => row.returnedFen)).toEqual([
      30n,
      70n,
      150n,
      50n,
    ]);
  });

  test('and only once: every leg of it is marked', () => {
    const back = shared().map((leg) => (leg.accountId === fund ? { ...leg, returnedFen: 50n } : leg));
    expect(returnWhole(entryId, back)).toBe('already-returned');
  });

  test('what a fund paid alone goes back to the fund', () => {
    const legs = [
      { accountId: payable, amountFen: 50n, returnedFen: 0n },
      { accountId: fund, amountFen: -50n, returnedFen: 0n },
    ];
    expect(credits(returnWhole(entryId, legs))).toEqual([
      ['payable', -50n],
      ['fund', 50n],
    ]);
  });

  test('once a fen has gone back it is no longer whole', () => {
    expect(returnWhole(entryId, payment([30, 70], [0, 1]))).toBe('already-returned');
  });
});

test('legs stand in the order of their accounts', () => {
  const legs = [purse('online'), payable, purse('e-purse')].map((id) => ({
    accountId: id,
    amountFen: fen(1),
  }));
  expect(legs.sort(byAccount).map((leg) => leg.accountId)).toEqual([
    payable,
    purse('e-purse'),
    purse('online'),
  ]);
});
