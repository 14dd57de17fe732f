import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openOwnerPool, openPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { insertTestStaff, testStaff } from '#testing/staff.ts';
import { admitToken, bearerOf, endAllSessions, endSession, openSession } from './tokens.ts';

const token = (n: number) => `token-of-a-test-${String(n).padStart(24, '0')}`;
let database: TestDatabase;
let owner: Pool;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  [owner, pool] = [openOwnerPool(database.url), openPool(database.url, 2)];
  await insertTestStaff(sessionOf(owner));
});
afterAll(async () => {
  await owner?.end();
  await pool?.end();
  await database?.drop();
});

const later = (ms: number) => new Date(Date.now() + ms);
const admit = (n: number, over = {}) =>
  admitToken(sessionOf(owner), {
    role: 'holder',
    subjectId: 1_000_001n,
    token: token(n),
    expiresAt: later(60_000),
    ...over,
  });
const ask = (text: string) => bearerOf(sessionOf(pool), text);

describe('a token', () => {
  test('speaks for its holder, or for finance', async () => {
    await admit(1);
    await admit(2, { role: 'finance', subjectId: 3n });
    expect(await ask(token(1))).toEqual({ role: 'holder', subjectId: 1_000_001n, mustChange: false });
    expect(await ask(token(2))).toEqual({ role: 'finance', subjectId: 3n, mustChange: false });
  });

  test('that nobody was given, or that is a letter off, speaks for nobody', async () => {
    await admit(3);
    expect(await ask(token(99))).toBeNull();
    expect(await ask(token(3).toUpperCase())).toBeNull();
    expect(await ask(`${token(3)}0`)).toBeNull();
  });

  test('speaks until it expires, and again when it is given a new time', async () => {
    await admit(4, { expiresAt: later(-1) });
    expect(await ask(token(4))).toBeNull();
    await admit(4, { expiresAt: later(60_000) });
    expect(await ask(token(4))).toMatchObject({ role: 'holder' });
  });

  test.each(['', 'short', 'x'.repeat(129), `${'x'.repeat(40)}\0`, `${'x'.repeat(40)} `, 'é'.repeat(40)])(
    'that cannot be one (%j) is neither taken nor looked up',
    async (text) => {
      const untouchable = { run: () => Promise.reject(new Error('it was looked up')) };
      expect(await bearerOf(untouchable, text)).toBeNull();
      await expect(admit(0, { token: text })).rejects.toThrow(RangeError);
    },
  );

  test('is kept only as its digest', async () => {
    await admit(5);
    const { rows } = await owner.query('select tokens::text as row from access.tokens');
    expect(rows.length).toBeGreaterThan(0);
    for (const { row } of rows) {
      expect(row).not.toContain('token-of-a-test');
      expect(row).not.toContain(Buffer.from(token(5)).toString('hex'));
    }
  });

  test('of nobody in particular, or of a role that there is not, is refused by the database', async () => {
    await expect(admit(6, { subjectId: null })).rejects.toThrow('not-null');
    await expect(admit(6, { role: 'admin' })).rejects.toThrow('tokens_role');
  });

  test('cannot be put in by the service itself: it opens sessions and gives keys through two functions', async () => {
    const grant = { role: 'finance', subjectId: 3n, token: token(7), expiresAt: later(60_000) } as const;
    await expect(admitToken(sessionOf(pool), grant)).rejects.toThrow('permission denied');
  });
});

const holder = { role: 'holder', subjectId: 1_000_007n, mustChange: false } as const;
const finance = { role: 'finance', subjectId: testStaff.finance, mustChange: false } as const;
const openFor = (bearer: Parameters<typeof openSession>[1] = holder) => openSession(sessionOf(pool), bearer);
const minutes = (n: number) => later(n * 60_000);

describe('a session', () => {
  test('speaks for who opened it, and says whether the password has to be changed', async () => {
    const opened = await openFor({ ...holder, mustChange: true });
    expect(await ask(opened.token)).toEqual({ ...holder, mustChange: true });
    expect(opened.expiresAt.getTime()).toBeLessThanOrEqual(minutes(12 * 60).getTime() + 1_000);
  });

  test.each([
    ['a holder', holder, 10],
    ['staff', finance, 15],
  ])(
    'of %s is over when it was left alone, and lives on while it is used',
    async (_, bearer, idleMinutes) => {
      const { token } = await openFor(bearer);
      expect(await bearerOf(sessionOf(pool), token, minutes(idleMinutes - 1))).toEqual(bearer);
      expect(await bearerOf(sessionOf(pool), token, minutes(2 * idleMinutes - 2))).toEqual(bearer);
      expect(await bearerOf(sessionOf(pool), token, minutes(3 * idleMinutes))).toBeNull();
    },
  );

  test('is over after its whole time, however often it is used', async () => {
    const { token } = await openFor(finance);
    for (let minute = 0; minute < 600; minute += 10) {
      expect(await bearerOf(sessionOf(pool), token, minutes(minute))).toEqual(finance);
    }
    expect(await bearerOf(sessionOf(pool), token, minutes(601))).toBeNull();
  });

  test('notes its use twice a minute at most', async () => {
    const { token } = await openFor();
    const run: string[] = [];
    const counting = {
      run: (statement: { name: string; text: string }, values?: readonly unknown[]) => {
        run.push(statement.name);
        return sessionOf(pool).run(statement, values);
      },
    };
    for (const seconds of [1, 20, 29, 32, 50, 70]) {
      await bearerOf(counting, token, later(seconds * 1_000));
    }
    expect(run.filter((name) => name === 'access-touch-token')).toHaveLength(2);
  });

  test('ends at sign-out, at once and on every instance', async () => {
    const other = openPool(database.url, 1);
    const [opened, kept] = [await openFor(), await openFor()];
    expect(await bearerOf(sessionOf(other), opened.token)).toEqual(holder);
    expect(await endSession(sessionOf(pool), opened.token)).toBe(true);
    expect(await bearerOf(sessionOf(other), opened.token)).toBeNull();
    expect(await endSession(sessionOf(other), opened.token)).toBe(false);
    expect(await bearerOf(sessionOf(other), kept.token)).toEqual(holder);
    await endAllSessions(sessionOf(other), holder);
    expect(await ask(kept.token)).toBeNull();
    await other.end();
  });

  test('that ended does not come back, and a key is not signed out', async () => {
    const { token: text } = await openFor();
    await endSession(sessionOf(pool), text);
    for (const anybody of [owner, pool]) {
      await expect(anybody.query('update access.tokens set ended_at = null')).rejects.toThrow('stays so');
    }
    await admit(8);
    expect(await endSession(sessionOf(pool), token(8))).toBe(false);
    await endAllSessions(sessionOf(pool), { role: 'holder', subjectId: 1_000_001n });
    expect(await ask(token(8))).toMatchObject({ role: 'holder' });
  });

  test.each([
    ['as a participant', `'participant', 1, 60, 60`],
    ['as somebody who is not there', `'finance', 99, 60, 60`],
    ['in a role that the person has not', `'administrator', ${testStaff.finance}, 60, 60`],
    ['without an idle limit', `'holder', 1000001, null, 60`],
    ['for longer than half a day', `'holder', 1000001, 60, 43201`],
  ])('is not opened %s, whoever asks', async (_, values) => {
    const direct = `select access.open_session(sha256('x'), ${values}, false)`;
    await expect(pool.query(direct)).rejects.toThrow(/limits|nobody signs in/);
  });

  test('of somebody who was locked is not opened', async () => {
    await owner.query(`update access.staff set state = 'locked' where id = $1`, [testStaff.auditor]);
    await expect(openFor({ ...finance, role: 'auditor', subjectId: testStaff.auditor })).rejects.toThrow(
      'nobody signs in',
    );
  });
});
