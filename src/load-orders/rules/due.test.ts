import { describe, expect, test } from 'vitest';
import { type EarlierOrder, isDue } from './due.ts';

const mandate = { thresholdFen: 2_000n, perDayMax: 3 };
const minute = 60_000;
/** Noon of 22 November in Hainan. */
const noonMs = Date.UTC(2026, 10, 22, 4);
const low = { availableFen: 1_999n, nowMs: noonMs };
const order = (state: EarlierOrder['state'], minutesAgo: number): EarlierOrder => ({
  state,
  createdAtMs: noonMs - minutesAgo * minute,
});

describe('a mandate', () => {
  test('orders when the balance is below its threshold, not at it', () => {
    expect(isDue(mandate, low, [])).toBe(true);
    expect(isDue(mandate, { ...low, availableFen: 2_000n }, [])).toBe(false);
  });

  test.for(['requested', 'debited', 'returning'] as const)(
    'waits while an order of its own is %s',
    (state) => {
      expect(isDue(mandate, low, [order(state, 900)])).toBe(false);
    },
  );

  test('orders no more than its number a day, and again the next day', () => {
    const three = [order('loaded', 10), order('loaded', 20), order('loaded', 30)];
    expect(isDue(mandate, low, three.slice(1))).toBe(true);
    expect(isDue(mandate, low, three)).toBe(false);
    expect(isDue(mandate, { ...low, nowMs: noonMs + 1_440 * minute }, three)).toBe(true);
  });

  test('waits half an hour after a failure, twice as long after each further one, and forgets them at a load', () => {
    expect(isDue(mandate, low, [order('refused', 29)])).toBe(false);
    expect(isDue(mandate, low, [order('refused', 30)])).toBe(true);
    const twice = (minutesAgo: number) => [order('returned', minutesAgo), order('refused', 900)];
    expect(isDue(mandate, low, twice(59))).toBe(false);
    expect(isDue(mandate, low, twice(60))).toBe(true);
    expect(isDue(mandate, low, [order('loaded', 1), order('failed', 900)])).toBe(true);
  });
});
