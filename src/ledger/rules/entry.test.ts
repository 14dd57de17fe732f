import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fen } from '#money/fen.ts';
import { accountsOf, payable, purse } from '#testing/small/books.ts';
import { applyPostings, availableFen, type Posting } from './entry.ts';

const pay = (amount: bigint | number): Posting[] => [
  { accountId: purse('online'), amountFen: fen(-BigInt(amount)) },
  { accountId: payable, amountFen: fen(amount) },
];

describe('an entry', () => {
  test.for([
    { balance: 100, held: 0, floor: 0, pays: 100, after: 0n },
    { balance: 100, held: 0, floor: 0, pays: 101, after: 'insufficient-funds' },
    { balance: 100, held: 30, floor: 0, pays: 70, after: 30n },
    { balance: 100, held: 30, floor: 0, pays: 71, after: 'insufficient-funds' },
    { balance: 100, held: 0, floor: -50, pays: 150, after: -50n },
    { balance: 100, held: 0, floor: -50, pays: 151, after: 'insufficient-funds' },
    { balance: 100, held: 0, floor: 20, pays: 81, after: 'insufficient-funds' },
    { balance: 0, held: 0, floor: 0, pays: 1, after: 'insufficient-funds' },
  ])('a purse with $balance, of which $held held, and floor $floor pays $pays: $after', (row) => {
    const before = accountsOf({ online: [row.balance, row.held, row.floor] });
    const after = applyPostings(pay(row.pays), before);
    expect(typeof after === 'string' ? after : after[0]?.balanceFen).toBe(row.after);
  });

  test('a purse is paid into also when it holds more than it has: a credit asks for nothing', () => {
    const before = accountsOf({ online: [10, 50, 0] });
    const refund = pay(-5n);
    expect(applyPostings(refund, before)).toMatchObject([{ balanceFen: 15n, heldFen: 50n }]);
  });

  test('a purse that is not open neither pays nor is paid', () => {
    expect(applyPostings(pay(1), new Map())).toBe('purse-not-open');
    expect(applyPostings(pay(-1n), new Map())).toBe('purse-not-open');
  });

  test('one leg that may not be stops the whole entry, and what was before is left alone', () => {
    const before = accountsOf({ 'e-purse': [100, 0, 0], online: [10, 0, 0] });
    const legs = [
      { accountId: purse('e-purse'), amountFen: fen(-100) },
      { accountId: purse('online'), amountFen: fen(-11) },
      { accountId: payable, amountFen: fen(111) },
    ];
    expect(applyPostings(legs, before)).toBe('insufficient-funds');
    expect(before).toEqual(accountsOf({ 'e-purse': [100, 0, 0], online: [10, 0, 0] }));
  });

  test('what the purses lose the others gain, and no purse passes its floor, whatever is posted', () => {
    const amount = fc.bigInt({ min: -500n, max: 500n }).filter((value) => value !== 0n);
    const stand = fc.tuple(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 300 }));
    fc.assert(
      fc.property(fc.tuple(amount, amount), fc.tuple(stand, stand), ([a, b], [first, second]) => {
        fc.pre(a + b !== 0n);
        const before = accountsOf({ 'e-purse': [...first, 0], online: [...second, 0] });
        const legs = [
          { accountId: purse('e-purse'), amountFen: fen(a) },
          { accountId: purse('online'), amountFen: fen(b) },
          { accountId: payable, amountFen: fen(-a - b) },
        ];
        const after = applyPostings(legs, before);
        const mayNot = [...before.values()].some(
          (account, i) => (i === 0 ? a : b) < 0n && availableFen(account) + (i === 0 ? a : b) < 0n,
        );
        expect(after === 'insufficient-funds').toBe(mayNot);
        if (typeof after === 'string') return;
        const had = [...before.values()].reduce((sum, account) => sum + account.balanceFen, 0n);
        expect(after.reduce((sum, account) => sum + account.balanceFen, 0n) - had).toBe(a + b);
      }),
    );
  });
});

describe('what is not an entry', () => {
  const before = accountsOf({ online: [100, 0, 0] });

  test('postings that do not sum to zero are a fault', () => {
    expect(() => applyPostings([...pay(10).slice(0, 1)], before)).toThrow('sums to zero');
    expect(() => applyPostings([{ accountId: payable, amountFen: fen(1) }], before)).toThrow(RangeError);
  });

  test('a posting of nothing is a fault', () => {
    expect(() => applyPostings(pay(0), before)).toThrow('moves something');
  });

  test('two legs on one account are a fault: the second would forget the first', () => {
    const legs = [...pay(10), ...pay(20)];
    expect(() => applyPostings(legs, before)).toThrow('once');
  });
});
