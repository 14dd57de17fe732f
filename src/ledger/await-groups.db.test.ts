import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { firstIdAt } from '#platform/ids.ts';
import { sessionOf } from '#platform/postgres.ts';
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
  const before = Date.now();
  const id = await wait();
  const after = Date.now();
  expect(id > firstIdAt(before - 1)).toBe(true);
  expect(id < firstIdAt(after)).toBe(true);
});

test('locks of something else are not waited for', async () => {
  const client = await pool.connect();
  await client.query('select pg_advisory_lock_shared(1), pg_advisory_lock_shared(46, 1)');
  await wait();
  await client.query('select pg_advisory_unlock_all()');
  client.release();
});
