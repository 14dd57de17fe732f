import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { booksMetrics, type MeasuredBooks } from './books.ts';

const right: MeasuredBooks = {
  driftFen: 0n,
  state: 'green',
  ageMs: 2_000,
  lookMs: 150,
  staleAfterMs: 60_000,
  behind: 7,
  checks: [{ name: 'drift', wrong: 0, amountFen: 0n }],
  queues: [{ name: 'bills', waiting: 3, oldestSeconds: 40 }],
};

function opened() {
  const registry = new Registry();
  let clockMs = 100_000;
  const metrics = booksMetrics([registry], () => clockMs);
  /** The value of a series, or null where it has none. */
  const shownAs = async (series: string) => {
    const line = (await registry.metrics()).split('\n').find((text) => text.startsWith(`${series} `));
    return line === undefined ? null : Number(line.split(' ')[1]);
  };
  return { metrics, shownAs, pass: (ms: number) => (clockMs += ms) };
}

test('before the first look no drift is shown, and the lamp is stale', async () => {
  const { shownAs, pass } = opened();
  pass(5_000);
  expect(await shownAs('one_card_books_drift_fen')).toBeNull();
  expect(await shownAs('one_card_books_behind')).toBeNull();
  expect(await shownAs('one_card_books_state')).toBe(1);
  expect(await shownAs('one_card_books_age_seconds')).toBe(5);
});

test('what a look found is shown, and grows old by itself until it is stale', async () => {
  const { metrics, shownAs, pass } = opened();
  metrics.showBooks(right, 3_600_000);
  expect(await shownAs('one_card_books_drift_fen')).toBe(0);
  expect(await shownAs('one_card_books_wrong{check="drift"}')).toBe(0);
  expect(await shownAs('one_card_queue_oldest_seconds{queue="bills"}')).toBe(40);
  expect(await shownAs('one_card_queue_waiting{queue="bills"}')).toBe(3);
  expect(await shownAs('one_card_books_behind')).toBe(7);
  pass(10_000);
  expect(await shownAs('one_card_books_age_seconds')).toBe(12);
  expect(await shownAs('one_card_business_day_open_seconds')).toBe(3_610);
  expect(await shownAs('one_card_books_state')).toBe(0);
  pass(50_000);
  expect(await shownAs('one_card_books_state')).toBe(1);
});

test('red stays red, however old it is', async () => {
  const { metrics, shownAs, pass } = opened();
  const checks = [{ name: 'drift', wrong: 1, amountFen: 1n }];
  metrics.showBooks({ ...right, state: 'red', driftFen: -1n, checks }, 0);
  pass(1_000_000);
  expect(await shownAs('one_card_books_state')).toBe(2);
  expect(await shownAs('one_card_books_drift_fen')).toBe(-1);
  expect(await shownAs('one_card_books_wrong_fen{check="drift"}')).toBe(1);
});
