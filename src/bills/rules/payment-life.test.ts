import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Cancellation,
  finalStates,
  moveOn,
  nextStep,
  type PaymentEvent,
  type PaymentState,
  retryDelayMs,
} from './payment-life.ts';

const states: readonly PaymentState[] = [
  'reserved',
  'abandoning',
  'paid',
  'written-off',
  'returning',
  'returned',
  'declined',
  'abandoned',
];
const events: readonly PaymentEvent[] = [
  'approved',
  'refused',
  'given-up',
  'never-came',
  'taken-back',
  'accepted',
  'not-accepted',
  'given-back',
];

describe('the life of a payment', () => {
  test.for([
    ['reserved', 'approved', 'paid'],
    ['reserved', 'refused', 'declined'],
    ['reserved', 'never-came', 'abandoned'],
    ['reserved', 'given-up', 'abandoning'],
    ['abandoning', 'refused', 'declined'],
    ['abandoning', 'never-came', 'abandoned'],
    ['abandoning', 'taken-back', 'returned'],
    ['paid', 'accepted', 'written-off'],
    ['paid', 'not-accepted', 'returning'],
    ['returning', 'given-back', 'returned'],
  ] as const)('one that is %s and %s is %s', ([from, event, to]) => {
    expect(moveOn(from, event)).toBe(to);
  });

  test('knows ten moves and no other: an end is an end', () => {
    let known = 0;
    for (const state of states) {
      for (const event of events) {
        try {
          moveOn(state, event);
          known += 1;
          expect(finalStates).not.toContain(state);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }
    }
    expect(known).toBe(10);
  });

  test('money that was taken ends at the utility or with the holder, whatever the events', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 30 }), (tried) => {
        let state: PaymentState = 'reserved';
        let [taken, gaveBack, writtenOff] = [0, 0, 0];
        for (const event of tried) {
          try {
            state = moveOn(state, event);
          } catch {
            continue;
          }
          if (event === 'approved') taken += 1;
          if (event === 'taken-back') [taken, gaveBack] = [taken + 1, gaveBack + 1];
          if (event === 'given-back') gaveBack += 1;
          if (event === 'accepted') writtenOff += 1;
        }
        expect(taken).toBeLessThanOrEqual(1);
        if (finalStates.includes(state)) expect(gaveBack + writtenOff).toBe(taken);
      }),
    );
  });
});

describe('the next step', () => {
  test.for([
    ['reserved', 'none', true, 'pay'],
    ['reserved', 'none', false, 'look'],
    ['abandoning', 'none', true, 'take-back'],
    ['abandoning', 'none', false, 'take-back'],
    ['paid', 'none', true, 'write-off'],
    ['paid', 'none', false, 'write-off'],
    ['returning', 'due', false, 'give-back'],
    ['returned', 'due', false, 'cancel'],
    ['returned', 'confirmed', false, 'rest'],
    ['returned', 'refused', false, 'rest'],
    ['returned', 'none', false, 'rest'],
    ['written-off', 'none', true, 'rest'],
    ['declined', 'none', true, 'rest'],
    ['abandoned', 'none', false, 'rest'],
  ] as const)(
    'of one that is %s with its cancellation %s (caller waits: %s) is to %s',
    ([state, cancellation, callerWaits, step]) => {
      const payment = { state, cancellation: cancellation as Cancellation, period: '2026-10' };
      expect(nextStep(payment, callerWaits)).toBe(step);
    },
  );

  test('is to ask the utility, before any money is taken', () => {
    const payment = { state: 'reserved', cancellation: 'none', period: null } as const;
    expect(nextStep(payment, true)).toBe('ask');
    expect(nextStep(payment, false)).toBe('look');
  });
});

describe('the wait for the next drive', () => {
  test('doubles from 15 seconds to half an hour and not beyond', () => {
    expect([0, 1, 2, 3, 8, 1_000].map(retryDelayMs)).toEqual([
      15_000, 15_000, 30_000, 60_000, 1_800_000, 1_800_000,
    ]);
  });
});
