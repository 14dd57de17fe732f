import { describe, expect, test } from 'vitest';
import { isWantOfLock, lockAttemptsMax, lockTimeoutMs, pauseBeforeRetryMs } from './lock-retry.ts';

describe('a statement that did not get its lock', () => {
  test('leaves the table to its traffic, longer each time up to three seconds', () => {
    const pauses = [1, 2, 3, 4, 5, 6, 7, 30].map((attempt) => pauseBeforeRetryMs(attempt, '55P03'));
    expect(pauses).toEqual([100, 200, 400, 800, 1600, 3000, 3000, 3000]);
  });

  test('is given up after two minutes or so', () => {
    let totalMs = lockTimeoutMs;
    for (let attempt = 1; ; attempt += 1) {
      const pause = pauseBeforeRetryMs(attempt, '55P03');
      if (pause === null) break;
      totalMs += pause + lockTimeoutMs;
    }
    expect(totalMs).toBeGreaterThan(60_000);
    expect(totalMs).toBeLessThan(150_000);
    expect(pauseBeforeRetryMs(lockAttemptsMax, '55P03')).toBeNull();
  });

  test('a deadlock is tried again, any other failure is a failure at once', () => {
    expect(pauseBeforeRetryMs(1, '40P01')).toBe(100);
    expect(pauseBeforeRetryMs(1, '23505')).toBeNull();
    expect(pauseBeforeRetryMs(1, undefined)).toBeNull();
    expect([isWantOfLock('55P03'), isWantOfLock('42P01'), isWantOfLock(undefined)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
