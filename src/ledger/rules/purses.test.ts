import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fen } from '#money/fen.ts';
import { accountsOf, owner, purse } from '#testing/small/books.ts';
import { availableFen } from './entry.ts';
import { debitPurses } from './purses.ts';

const order = ['e-purse', 'online'] as const;
const paid = (result: ReturnType<typeof debitPurses>) =>
  typeof result === 'string' ? result : result.map((leg) => -leg.amountFen);

describe('who pays', () => {
  test.for([
    { has: [50, 100], asks: 30, split: true, pays: [30n] },
    { has: [50, 100], asks: 80, split: true, pays: [50n, 30n] },
    { has: [50, 100], asks: 150, split: true, pays: [50n, 100n] },
    { has: [50, 100], asks: 151, split: true, pays: 'insufficient-funds' },
    { has: [0, 100], asks: 80, split: true, pays: [80n] },
    { has: [50, 100], asks: 30, split: false, pays: [30n] },
    { has: [50, 100], asks: 80, split: false, pays: [80n] },
    { has: [50, 100], asks: 101, split: false, pays: 'insufficient-funds' },
  ])('of purses with $has, $asks (split: $split) are paid $pays', ({ has, asks, split, pays }) => {
    const [first = 0, second = 0] = has;
    const accounts = accountsOf({ 'e-purse': [first, 0, 0], online: [second, 0, 0] });
    expect(paid(debitPurses(owner, { amountFen: fen(asks), purses: order, split }, accounts))).toEqual(pays);
  });

  test('the order is that of the plan', () => {
    const accounts = accountsOf({ 'e-purse': [50, 0, 0], online: [50, 0, 0] });
    const plan = { amountFen: fen(60), purses: ['online', 'e-purse'], split: true } as const;
    expect(debitPurses(owner, plan, accounts)).toEqual([
      { accountId: purse('online'), amountFen: -50n },
      { accountId: purse('e-purse'), amountFen: -10n },
    ]);
  });

  test('what is held and what lies under the floor does not pay', () => {
    const accounts = accountsOf({ online: [100, 30, 20] });
    const plan = (amount: number) => ({ amountFen: fen(amount), purses: ['online'], split: false }) as const;
    expect(paid(debitPurses(owner, plan(50), accounts))).toEqual([50n]);
    expect(paid(debitPurses(owner, plan(51), accounts))).toBe('insufficient-funds');
  });

  test('a purse that is not open is passed over; where none is open nobody pays', () => {
    const plan = { amountFen: fen(10), purses: order, split: true };
    expect(paid(debitPurses(owner, plan, accountsOf({ online: [10, 0, 0] })))).toEqual([10n]);
    expect(paid(debitPurses(owner, plan, accountsOf({})))).toBe('purse-not-open');
  });

  test('a plan that would give money to a purse, or ask it twice, is a fault', () => {
    const accounts = accountsOf({ online: [100, 0, 0] });
    const plan = { amountFen: fen(-1), purses: ['online'], split: false } as const;
    expect(() => debitPurses(owner, plan, accounts)).toThrow(RangeError);
    const twice = { amountFen: fen(150), purses: ['online', 'online'], split: true } as const;
    expect(() => debitPurses(owner, twice, accounts)).toThrow(RangeError);
  });

  test('nothing is paid by nobody, also where no purse is open', () => {
    expect(debitPurses(owner, { amountFen: fen(0), purses: order, split: true }, accountsOf({}))).toEqual([]);
  });

  test('split or not: all of it is paid or nothing, and no purse pays more than it can', () => {
    const stand = fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 50 }), fc.constant(0));
    fc.assert(
      fc.property(
        fc.tuple(stand, stand),
        fc.integer({ min: 1, max: 250 }),
        fc.boolean(),
        (stands, asks, split) => {
          const [first, second] = stands.map(
            ([balance, held, floor]) => [balance + held, held, floor] as const,
          );
          const accounts = accountsOf({ 'e-purse': first ?? [0, 0, 0], online: second ?? [0, 0, 0] });
          const debits = debitPurses(owner, { amountFen: fen(asks), purses: order, split }, accounts);
          const can = [...accounts.values()].map(availableFen);
          const enough = split ? can.reduce((a, b) => a + b, 0n) >= asks : can.some((one) => one >= asks);
          expect(typeof debits !== 'string').toBe(enough);
          if (typeof debits === 'string') return;
          expect(debits.reduce((sum, leg) => sum - leg.amountFen, 0n)).toBe(BigInt(asks));
          for (const { accountId, amountFen } of debits) {
            expect(amountFen).toBeLessThan(0n);
            const account = accounts.get(accountId);
            expect(account && availableFen(account) + amountFen >= 0n).toBe(true);
          }
        },
      ),
    );
  });
});
