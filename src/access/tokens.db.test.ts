import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openOwnerPool, openPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { admitToken, bearerOf } from './tokens.ts';

const token = (n: number) => `token-of-a-test-${String(n).padStart(24, '0')}`;
let database: TestDatabase;
let owner: Pool;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  [owner, pool] = [openOwnerPool(database.url), openPool(database.url, 2)];
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
    expect(await ask(token(1))).toEqual({ role: 'holder', subjectId: 1_000_001n });
    expect(await ask(token(2))).toEqual({ role: 'finance', subjectId: 3n });
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

  test('cannot be given by the service itself: only the owner of the books lets people in', async () => {
    const grant = { role: 'finance', subjectId: 3n, token: token(7), expiresAt: later(60_000) } as const;
    await expect(admitToken(sessionOf(pool), grant)).rejects.toThrow('permission denied');
  });
});
