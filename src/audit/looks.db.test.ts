import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TooManyWait } from '#platform/limits/gatherer.ts';
import { openPool, type Pool, type Session, sessionOf } from '#platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { lookRecorder, onceAMinute, type RecordLook } from './looks.ts';
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
    expect(await looks.at(-1)).toBeInstanceOf(TooManyWait);
  });
});

describe('the same look by the same person', () => {
  const noted: string[] = [];
  const note: RecordLook = async ({ act, subject }) => {
    noted.push(`${act} ${subject}`);
  };

  test('is one row a minute, and each other look is one', async () => {
    noted.length = 0;
    let now = 1_000_000;
    const record = onceAMinute(note, () => now);
    await Promise.all(Array.from({ length: 1_000 }, () => record(look(1))));
    await record({ ...look(1), act: 'receipt-looked-at' });
    await record(look(2));
    expect(noted).toEqual([
      'balances-looked-at card-account 1',
      'receipt-looked-at card-account 1',
      'balances-looked-at card-account 2',
    ]);
    now += 60_000;
    await record(look(1));
    expect(noted).toHaveLength(4);
  });

  test('that is being written is waited for, and is written by the next try when it failed', async () => {
    noted.length = 0;
    const failing = [new Error('no connection')];
    const record = onceAMinute(
      async (said) => {
        await Promise.resolve();
        const failure = failing.shift();
        if (failure !== undefined) throw failure;
        await note(said);
      },
      () => 1_000_000,
    );
    const both = await Promise.allSettled([record(look(3)), record(look(3))]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await record(look(3));
    expect(noted).toHaveLength(1);
  });

  test('is written again where more looks came since than are remembered', async () => {
    noted.length = 0;
    const record = onceAMinute(note, () => 1_000_000, { remembered: 2 });
    for (const n of [4, 5, 6, 4, 4]) await record(look(n));
    expect(noted).toHaveLength(4);
  });
});
