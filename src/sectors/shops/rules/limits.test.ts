import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fen } from '#money/fen.ts';
import { respend, spend, unspend } from './limits.ts';

const limit = { perPaymentFen: 500n, perDayFen: 1_000n, pinFreeFen: 500n };
const noPin = { nowMs: 0, pinVerified: false };
/** Noon of 2026-11-22 in Hainan. */
const noon = Date.UTC(2026, 10, 22, 4);
const midnight = Date.UTC(2026, 10, 22, 16);
const day = '2026-11-22';
const spent = (amount: number, on = day) => ({ day: on, spentFen: fen(amount) });

describe('a payment within limits', () => {
  test.for([
    { before: undefined, pays: 500, result: 500n },
    { before: undefined, pays: 501, result: 'over-payment-limit' },
    { before: spent(500), pays: 500, result: 1_000n },
    { before: spent(501), pays: 500, result: 'over-day-limit' },
    { before: spent(1_000), pays: 1, result: 'over-day-limit' },
    { before: spent(1_000), pays: 501, result: 'over-payment-limit' },
    { before: spent(1_000, '2026-11-21'), pays: 500, result: 500n },
  ])('who has spent $before.spentFen on $before.day pays $pays: $result', ({ before, pays, result }) => {
    const after = spend({ ...noPin, amountFen: fen(pays), nowMs: noon }, limit, before);
    expect(typeof after === 'string' ? after : after.spentFen).toBe(result);
  });

  test('the day begins at midnight in Hainan', () => {
    const payment = { ...noPin, amountFen: fen(60), nowMs: midnight - 1 };
    expect(spend(payment, limit, spent(900))).toEqual(spent(960));
    expect(spend({ ...payment, nowMs: midnight }, limit, spent(900))).toEqual(spent(60, '2026-11-23'));
  });

  test.for([
    [300, false, 300n],
    [301, false, 'pin-required'],
    [301, true, 301n],
    [501, false, 'over-payment-limit'],
  ] as const)(
    'with 300 free of a PIN, %i fen with the PIN checked %s: %s; a PIN lifts no limit',
    ([pays, pinVerified, result]) => {
      const payment = { amountFen: fen(pays), nowMs: noon, pinVerified };
      const after = spend(payment, { ...limit, pinFreeFen: 300n }, undefined);
      expect(typeof after === 'string' ? after : after.spentFen).toBe(result);
    },
  );

  test('what would pass the day’s limit asks for no PIN first', () => {
    const payment = { ...noPin, amountFen: fen(400), nowMs: noon };
    expect(spend(payment, { ...limit, pinFreeFen: 0n }, spent(700))).toBe('over-day-limit');
  });

  test('whatever is tried, a day’s payments never pass its limit, and all that fits is let through', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 600 })), (amounts) => {
        let state: ReturnType<typeof spent> | undefined;
        let sum = 0;
        for (const amount of amounts) {
          const after = spend({ ...noPin, amountFen: fen(amount), nowMs: noon }, limit, state);
          expect(typeof after !== 'string').toBe(amount <= 500 && sum + amount <= 1_000);
          if (typeof after === 'string') continue;
          state = after;
          sum += amount;
          expect(state.spentFen).toBe(BigInt(sum));
        }
      }),
    );
  });
});

describe('a payment that is taken back', () => {
  test.for([
    { before: spent(300), takes: 100, after: spent(200) },
    { before: spent(300), takes: 300, after: spent(0) },
    { before: spent(300), takes: 301, after: spent(0) },
    { before: spent(300, '2026-11-23'), takes: 100, after: null },
    { before: undefined, takes: 100, after: null },
  ])(
    'on the day it was spent it may be spent again, later it changes nothing',
    ({ before, takes, after }) => {
      expect(unspend({ amountFen: fen(takes), spentAtMs: noon }, before)).toEqual(after);
    },
  );

  test('what is spent and taken back at once leaves the day as it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 500 }), (had, amount) => {
        const after = spend({ ...noPin, amountFen: fen(amount), nowMs: noon }, limit, spent(had));
        if (typeof after === 'string') throw new Error(after);
        expect(unspend({ amountFen: fen(amount), spentAtMs: noon }, after)).toEqual(spent(had));
      }),
    );
  });
});

describe('a payment that is taken back and then not', () => {
  test.for([
    { before: spent(200), again: 100, after: spent(300) },
    { before: spent(950), again: 100, after: spent(1_050) },
    { before: spent(300, '2026-11-23'), again: 100, after: null },
    { before: undefined, again: 100, after: null },
  ])(
    'counts on its day again, also beyond the limit; later it changes nothing',
    ({ before, again, after }) => {
      expect(respend({ amountFen: fen(again), spentAtMs: noon }, before)).toEqual(after);
    },
  );
});
