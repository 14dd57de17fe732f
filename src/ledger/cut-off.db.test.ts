import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hainanDay, nextDay } from '#platform/calendar.ts';
import { openOwnerPool, openPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { findBusinessDay, readBusinessDays } from './business-days.ts';
import { cutOff } from './cut-off.ts';
import { openFirstDay } from './open-accounts.ts';
import { shareOpenDay } from './open-day.ts';

let database: TestDatabase;
let pool: Pool;

beforeEach(async () => {
  database = await createTestDatabase();
  pool = openPool(database.url, 3);
});

afterEach(async () => {
  await pool.end();
  await database.drop();
});

async function beginBooks(firstDay: string): Promise<void> {
  const owner = openOwnerPool(database.url);
  await openFirstDay(sessionOf(owner), firstDay);
  await owner.end();
}

const limits = { tryMs: 50, triesMax: 3, pauseMs: 10 };

describe('a cut-off', () => {
  test('opens the day after the one it closes, also when that is ahead of the calendar', async () => {
    const ahead = nextDay(hainanDay(Date.now()));
    await beginBooks(ahead);
    expect(await cutOff(pool, ahead)).toBe('made');
    const days = await readBusinessDays(sessionOf(pool));
    expect(days.map((day) => day.businessDate)).toEqual([ahead, nextDay(ahead)]);
    expect(days[0]).toMatchObject({ closedAt: days[1]?.openedAt, nextDate: nextDay(ahead) });
    expect(days[1]).toMatchObject({ closedAt: null, nextDate: null });
  });

  test('brings books that were left open for days back to the calendar day in Hainan', async () => {
    await beginBooks('2026-01-05');
    const before = hainanDay(Date.now());
    expect(await cutOff(pool, '2026-01-05')).toBe('made');
    const open = await findBusinessDay(sessionOf(pool), 'current');
    expect([before, hainanDay(Date.now())]).toContain(open?.businessDate);
  });

  test('of a day that is closed, or none of the books, changes nothing', async () => {
    await beginBooks('2026-11-22');
    expect(await cutOff(pool, '2026-11-22')).toBe('made');
    const days = await readBusinessDays(sessionOf(pool));
    expect(await cutOff(pool, '2026-11-22')).toBe('not-open');
    expect(await cutOff(pool, '2031-01-01')).toBe('not-open');
    expect(await readBusinessDays(sessionOf(pool))).toEqual(days);
  });

  test('gives up when a group does not come to an end, and lets others post between its tries', async () => {
    await beginBooks('2026-11-22');
    const frozen = await pool.connect();
    await frozen.query('begin');
    await shareOpenDay(sessionOf(frozen));
    const cut = cutOff(pool, '2026-11-22', limits);
    const other = await pool.connect();
    await other.query('begin');
    await shareOpenDay(sessionOf(other));
    await other.query('commit');
    expect(await cut).toBe('busy');
    expect(await findBusinessDay(sessionOf(other), 'current')).toMatchObject({ businessDate: '2026-11-22' });
    await frozen.query('commit');
    expect(await cutOff(pool, '2026-11-22', limits)).toBe('made');
    for (const client of [frozen, other]) client.release();
  });

  test('waits for the group under way, so that what it posted is in the day', async () => {
    await beginBooks('2026-11-22');
    const group = await pool.connect();
    await group.query('begin');
    await shareOpenDay(sessionOf(group));
    const cut = cutOff(pool, '2026-11-22', { ...limits, tryMs: 5_000 });
    const first = await Promise.race([
      cut,
      new Promise((resolve) => setTimeout(resolve, 150, 'still waiting')),
    ]);
    expect(first).toBe('still waiting');
    await group.query('commit');
    expect(await cut).toBe('made');
    group.release();
  });
});
