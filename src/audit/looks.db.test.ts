import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { openLooks } from './looks.ts';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = openPool(database.url, 4);
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

const look = (id: bigint, act = 'history-looked-at') => ({
  actor: { kind: 'holder', id } as const,
  act,
  subject: `card-account ${id}`,
});
const rowsOf = async (id: bigint) =>
  (await pool.query('select act from audit.events where actor_id = $1', [id])).rows.length;

test('a page that is reloaded a thousand times is one row a minute, and each other look is one', async () => {
  let now = 1_000_000;
  const record = openLooks(sessionOf(pool), () => now);
  await Promise.all(Array.from({ length: 1_000 }, () => record(look(1n))));
  expect(await rowsOf(1n)).toBe(1);
  await record(look(1n, 'receipt-looked-at'));
  await record(look(2n));
  expect([await rowsOf(1n), await rowsOf(2n)]).toEqual([2, 1]);
  now += 60_000;
  await record(look(1n));
  expect(await rowsOf(1n)).toBe(3);
});

test('a look that could not be written is written by the next try', async () => {
  const closed = openPool(database.url, 1);
  await closed.end();
  const pools = [closed, pool];
  const session = {
    run: (...said: Parameters<ReturnType<typeof sessionOf>['run']>) =>
      sessionOf(pools.shift() ?? pool).run(...said),
  } as ReturnType<typeof sessionOf>;
  const record = openLooks(session, () => 1_000_000);
  await expect(record(look(3n))).rejects.toThrow();
  await record(look(3n));
  expect(await rowsOf(3n)).toBe(1);
});

test('of more looks than are remembered the oldest is written again', async () => {
  const record = openLooks(sessionOf(pool), () => 1_000_000, { looksMax: 2 });
  for (const id of [4n, 5n, 6n, 4n]) await record(look(id));
  expect(await rowsOf(4n)).toBe(2);
  expect(await rowsOf(6n)).toBe(1);
});
