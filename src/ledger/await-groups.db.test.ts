import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readNowMs } from '#platform/clock/read-now.ts';
import { firstIdAt } from '#platform/ids.ts';
import { type Session, sessionOf } from '#platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { awaitGroups } from './await-groups.ts';
import { dayLockKey } from './open-day.ts';

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 5 });
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

/** A group that has begun and not ended. */
async function begin(): Promise<() => Promise<void>> {
  const client = await pool.connect();
  await client.query('begin');
  await client.query('select pg_advisory_xact_lock_shared($1::bigint)', [dayLockKey]);
  return async () => {
    await client.query('commit');
    client.release();
  };
}

const wait = () => awaitGroups(sessionOf(pool));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('a group that was begun before is waited for; one that begins meanwhile is neither held up nor waited for', async () => {
  const endFirst = await begin();
  const waited = { over: false };
  const answer = wait().finally(() => {
    waited.over = true;
  });
  await pause(50);
  const endLater = await begin();
  expect(waited.over).toBe(false);
  await endFirst();
  await answer;
  await endLater();
});

test('the id lies between what was given before and what is given after', async () => {
  for (let time = 0; time < 50; time++) {
    const before = await readNowMs(sessionOf(pool));
    const id = await wait();
    const after = await readNowMs(sessionOf(pool));
    expect(id).toBeGreaterThan(firstIdAt(before));
    expect(id).toBeLessThanOrEqual(firstIdAt(after));
  }
});

test('groups are looked for only when the clock has passed the id', async () => {
  const real = sessionOf(pool);
  const clock = [70n, 70n, 70n, 71n];
  const asked: unknown[] = [];
  const session: Session = {
    run: async (statement, values) => {
      const isClock = statement.name === 'clock-now';
      asked.push(isClock ? clock[0] : statement.name);
      return isClock ? { rows: [[clock.shift()]], rowCount: 1 } : real.run(statement, values);
    },
  };
  expect(await awaitGroups(session)).toBe(firstIdAt(71));
  expect(asked).toEqual([70n, 70n, 70n, 71n, 'ledger-groups-under-way']);
});

test('locks of something else are not waited for', async () => {
  const client = await pool.connect();
  await client.query('select pg_advisory_lock_shared(1), pg_advisory_lock_shared(46, 1)');
  await wait();
  await client.query('select pg_advisory_unlock_all()');
  client.release();
});
