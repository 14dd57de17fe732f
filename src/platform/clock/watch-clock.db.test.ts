import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openLog } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { openPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { StartError } from '#platform/start-error.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { type ClockParts, watchClock } from './watch-clock.ts';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openPool(database.url, 1);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

let aheadMs = 0;
const metrics = createMetrics();
const parts = (): ClockParts => ({
  session: sessionOf(pool),
  metrics,
  log: openLog('silent'),
  skewMaxMs: 1_000,
  nowMs: () => Date.now() + aheadMs,
  watchEveryMs: 20,
});
const gauge = async () => (await metrics.clockSkewSeconds.get()).values[0]?.value ?? Number.NaN;

describe('a clock', () => {
  test('that is right is taken, and what it is off is measured', async () => {
    aheadMs = 0;
    (await watchClock(parts())).stop();
    expect(Math.abs(await gauge())).toBeLessThan(0.5);
  });

  test.each([
    [5_000, 'ahead of'],
    [-5_000, 'behind'],
  ])('that is %d ms off does not start, and says so in a sentence', async (off, word) => {
    aheadMs = off;
    const failure = await watchClock(parts()).catch((error) => error);
    expect(failure).toBeInstanceOf(StartError);
    expect(failure.message).toMatch(
      new RegExp(
        `^The clock of this machine is [45]\\.\\d s ${word} the database's, and CLOCK_SKEW_MAX_MS allows 1000 ms`,
      ),
    );
  });

  test('that goes wrong later is seen, and that it was put right too', async () => {
    aheadMs = 0;
    const clock = await watchClock(parts());
    const becomes = async (wrong: boolean) => {
      for (let tries = 0; clock.isWrong() !== wrong && tries < 200; tries++) await sleep(20);
      expect(clock.isWrong()).toBe(wrong);
    };
    aheadMs = 60_000;
    await becomes(true);
    expect(await gauge()).toBeGreaterThan(59);
    aheadMs = 0;
    await becomes(false);
    clock.stop();
  });
});
