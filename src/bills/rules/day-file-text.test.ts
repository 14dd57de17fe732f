import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DayPayment, dayFileText, linesOf, sumOfLines } from './day-file-text.ts';

const day = '2026-11-22';
const payment: DayPayment = {
  id: 'order-1',
  customerNumber: '1000000001',
  amountFen: 5_025n,
  terminalId: 10_000_001,
  state: 'written-off',
  paidOn: day,
  returnedOn: null,
};

describe('the day’s file', () => {
  test('has a summary line and a line for each movement of money', () => {
    const lines = [
      ...linesOf(payment, day),
      ...linesOf({ ...payment, id: 'order-2', state: 'returned', returnedOn: day }, day),
    ];
    expect(dayFileText(day, lines)).toBe(
      [
        '3|5025',
        '20261122|order-1|1000000001|5025|T10000001|01',
        '20261122|order-2|1000000001|5025|T10000001|02',
        '20261122|order-2|1000000001|-5025|T10000001|03',
        '',
      ].join('\n'),
    );
  });

  test('of a day without bills is its summary line', () => {
    expect(dayFileText(day, [])).toBe('0|0\n');
  });

  test('has a payment on the day it was taken and on the day it went back, and on no other', () => {
    const across: DayPayment = { ...payment, state: 'returned', returnedOn: '2026-11-23' };
    expect(linesOf(across, day).map((line) => [line.type, line.amountFen])).toEqual([['02', 5_025n]]);
    expect(linesOf(across, '2026-11-23').map((line) => [line.type, line.amountFen])).toEqual([
      ['03', -5_025n],
    ]);
    expect(linesOf(across, '2026-11-24')).toEqual([]);
  });

  test('sums to what was written off, over all days together', () => {
    const days = ['2026-11-21', day, '2026-11-23'];
    const payments = fc.array(
      fc
        .record({ amountFen: fc.bigInt(1n, 10_000n), place: fc.nat(2), wait: fc.nat(2), back: fc.boolean() })
        .map(({ amountFen, place, wait, back }): DayPayment => {
          const returnedOn = back ? (days[Math.min(place + wait, 2)] as string) : null;
          const state = back ? 'returned' : 'written-off';
          return { ...payment, amountFen, state, paidOn: days[place] as string, returnedOn };
        }),
    );
    fc.assert(
      fc.property(payments, (all) => {
        const total = days.reduce((sum, on) => sum + sumOfLines(all.flatMap((one) => linesOf(one, on))), 0n);
        const kept = all.filter((one) => one.state === 'written-off');
        expect(total).toBe(kept.reduce((sum, one) => sum + one.amountFen, 0n));
      }),
    );
  });
});
