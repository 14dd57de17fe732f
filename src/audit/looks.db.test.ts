import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPool, type Pool, type Session, sessionOf } from '#platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { LooksFull, lookRecorder } from './looks.ts';
import { findBrokenAudit, readAudit } from './store.ts';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openPool(database.url, 2);
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

const look = (n: number) => ({
  actor: { kind: 'holder', id: BigInt(n) } as const,
  act: 'balances-looked-at',
  subject: `card-account ${n}`,
  reason: '',
});

describe('looks', () => {
  test('by a crowd are all in the trail before they are shown, in a few inserts', async () => {
    let inserts = 0;
    const counted: Session = {
      run: (statement, values) => {
        inserts += 1;
        return sessionOf(pool).run(statement, values);
      },
    };
    const record = lookRecorder(counted);
    await Promise.all(Array.from({ length: 600 }, (_, n) => record(look(n))));
    expect(inserts).toBeLessThanOrEqual(3);
    const all = { before: null, subject: 'card-account 599', act: null, limit: 5 };
    expect(await readAudit(sessionOf(pool), all)).toHaveLength(1);
    expect(await findBrokenAudit(sessionOf(pool))).toBeNull();
  });

  test('that cannot be noted fail whoever looks, and the next are noted again', async () => {
    let broken = true;
    const failing: Session = {
      run: (statement, values) =>
        broken ? Promise.reject(new Error('no connection')) : sessionOf(pool).run(statement, values),
    };
    const record = lookRecorder(failing);
    await expect(record(look(1))).rejects.toThrow('no connection');
    broken = false;
    await expect(record(look(2))).resolves.toBeUndefined();
  });

  test('do not wait without a bound', async () => {
    const stuck: Session = { run: () => new Promise(() => undefined) };
    const record = lookRecorder(stuck);
    const looks = Array.from({ length: 10_600 }, (_, n) => record(look(n)).catch((error) => error));
    expect(await looks.at(-1)).toBeInstanceOf(LooksFull);
  });
});
