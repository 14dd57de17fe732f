import { describe, expect, test } from 'vitest';
import { type Attempted, afterAttempt, failingMsMax, outcomeOfStatus, waitsMs } from './schedule.ts';

const nowMs = 1_795_662_000_000;
const attempted = (over: Partial<Attempted> = {}): Attempted => ({
  outcome: 'refused',
  retryAfterMs: null,
  attempts: 1,
  failures: 0,
  failingSinceMs: null,
  nowMs,
  random: 0,
  ...over,
});
const minute = 60_000;
const hour = 60 * minute;

describe('a message', () => {
  test('is tried at 0, then after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h, then no more', () => {
    const waits: (number | null)[] = [];
    for (let attempts = 1; attempts <= 10; attempts++) {
      const { nextAttemptMs } = afterAttempt(attempted({ attempts }));
      waits.push(nextAttemptMs === null ? null : nextAttemptMs - nowMs);
    }
    const inOrder = [5_000, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour];
    expect(waits).toEqual([...inOrder, 20 * hour, 24 * hour, null]);
  });

  test('waits up to a tenth longer, by chance', () => {
    const next = (random: number) => afterAttempt(attempted({ attempts: 4, random })).nextAttemptMs ?? 0;
    expect(next(0) - nowMs).toBe(2 * hour);
    expect(next(0.5) - nowMs).toBe(2.1 * hour);
    expect(next(0.999_999) - nowMs).toBeLessThan(2.2 * hour);
  });

  test('that was heard is sent no more, and its endpoint is free at once', () => {
    const heard = afterAttempt(attempted({ outcome: 'delivered', failures: 30, failingSinceMs: 0 }));
    expect(heard).toEqual({ nextAttemptMs: null, isDelivered: true, heldUntilMs: nowMs, disable: null });
  });

  test('waits as long as the answer says, where that is longer than the schedule', () => {
    expect(afterAttempt(attempted({ retryAfterMs: 90_000 })).nextAttemptMs).toBe(nowMs + 90_000);
    expect(afterAttempt(attempted({ attempts: 2, retryAfterMs: 1_000 })).nextAttemptMs).toBe(
      nowMs + 5 * minute,
    );
  });
});

describe('an endpoint', () => {
  test('is left alone as long as it asks, a minute where it is throttled and does not say', () => {
    const held = (over: Partial<Attempted>) => afterAttempt(attempted(over)).heldUntilMs - nowMs;
    expect(held({ outcome: 'refused', retryAfterMs: 90_000 })).toBe(90_000);
    expect(held({ outcome: 'throttled', retryAfterMs: 90_000 })).toBe(90_000);
    expect(held({ outcome: 'throttled' })).toBe(minute);
    expect(held({ outcome: 'refused' })).toBe(0);
  });

  test('that fails five times in a row rests, twice as long each time, five minutes at the most', () => {
    const rest = (failures: number) => afterAttempt(attempted({ failures })).heldUntilMs - nowMs;
    expect([3, 4, 5, 6, 7, 12, 13, 100].map(rest)).toEqual(
      [0, 0, 1, 2, 4, 128, 256, 300].map((seconds) => seconds * 1_000),
    );
  });

  test('is disabled by 410 at once, and by five days of nothing but failures', () => {
    expect(afterAttempt(attempted({ outcome: 'gone' })).disable).toBe('gone');
    const since = (failingSinceMs: number | null) => afterAttempt(attempted({ failingSinceMs })).disable;
    expect(since(null)).toBeNull();
    expect(since(nowMs - failingMsMax + 1)).toBeNull();
    expect(since(nowMs - failingMsMax)).toBe('failing');
  });
});

test('2xx was heard, 410 wants no more, 429, 502 and 504 are too much, and anything else is a refusal', () => {
  const statuses = [200, 204, 299, 300, 301, 307, 400, 404, 410, 429, 500, 502, 503, 504, 100];
  const outcomes = Object.fromEntries(statuses.map((status) => [status, outcomeOfStatus(status)]));
  const heard = { 200: 'delivered', 204: 'delivered', 299: 'delivered' };
  const refused = [100, 300, 301, 307, 400, 404, 500, 503].map((status) => [status, 'refused']);
  const throttled = { 429: 'throttled', 502: 'throttled', 504: 'throttled' };
  expect(outcomes).toEqual({ ...heard, ...Object.fromEntries(refused), ...throttled, 410: 'gone' });
});

test('the schedule spans a little over three days', () => {
  expect(waitsMs.reduce((sum, wait) => sum + wait, 0) / hour).toBeCloseTo(75.6, 1);
});
