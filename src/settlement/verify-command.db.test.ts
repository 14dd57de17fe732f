import { execFile } from 'node:child_process';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openOwnerPool, openPool, sessionOf } from '#platform/postgres.ts';
import { readMigrations } from '#platform/schema/migration-files.ts';
import { contractsFrom } from '#platform/schema/rules/generation.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { openInstance } from '#testing/history/players.ts';
import { buildTown, loadTown } from '#testing/town.ts';

const drizzle = join(import.meta.dirname, '../../drizzle');
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  const [owner, pool] = [openOwnerPool(database.url), openPool(database.url, 2)];
  await buildTown(sessionOf(owner), { merchants: 1, cards: 3 });
  const instance = await openInstance({ url: database.url, pool });
  await loadTown(instance, { cards: 3, amountFen: 1_000n });
  await instance.close();
  await Promise.all([owner.end(), pool.end()]);
});

afterAll(() => database.drop());

interface Ended {
  readonly code: number;
  readonly said: string;
  readonly progress: string;
}

function cli(...args: string[]): Promise<Ended> {
  const file = join(import.meta.dirname, '../cli.ts');
  const env = { PATH: '', DATABASE_URL: database.url };
  return new Promise((resolve) => {
    execFile(process.execPath, [file, ...args], { env }, (error, said, progress) => {
      resolve({ code: error === null ? 0 : Number(error.code), said, progress });
    });
  });
}

describe('verify on the command line', () => {
  test('ends with 0, the counts, and a line per stage when nobody watches', async () => {
    const { code, said, progress } = await cli('verify');
    expect(said).toMatch(/^The books are right\.[\s\S]* outcomes +3\n[\s\S]* postings +6\n/);
    expect(progress.trim().split('\n')).toHaveLength(15);
    // Each stage has its name in both languages.
    expect(said.match(/✓ \p{Script=Han}+ [a-z ]+\n/gu)).toHaveLength(15);
    expect(code).toBe(0);
  });

  test('ends with 1 and the row when one is wrong', async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const set = 'update ledger.accounts set balance_fen = $1 where id = 16000002';
    await client.query(set, [7]);
    const { code, said } = await cli('verify');
    await client.query(set, [1_000]);
    await client.end();
    expect(said).toContain('The books are WRONG (balances');
    expect(said).toContain('ledger.accounts  bucket 182, id 16000002');
    expect(said).toMatch(/expected {2}balance 1000, .*\n {2}found {5}balance 7, /);
    expect(code).toBe(1);
  });

  test('says before it begins which migrations the database lacks, instead of stopping at a table of theirs', async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const journal = 'drizzle.__drizzle_migrations';
    // What only drops is no want: it may be left for a later start.
    const last = `created_at = ${readMigrations(drizzle).findLast(({ sql }) => contractsFrom(sql) === null)?.when}`;
    const { rows } = await client.query(`delete from ${journal} where ${last} returning *`);
    try {
      const { code, said, progress } = await cli('verify');
      expect(progress).toMatch(/lacks 1 migrations of this version, from 00\d\d_/);
      expect([code, said]).toEqual([1, '']);
    } finally {
      await client.query(`insert into ${journal} values ($1, $2, $3)`, Object.values(rows[0]));
      await client.end();
    }
  });

  test('that is broken off says so, and where: the books are neither right nor wrong', async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query('alter table ledger.holds rename to gone');
    try {
      const { code, said, progress } = await cli('verify');
      expect(progress).toContain('ledger.holds');
      expect([code, said]).toEqual([1, '']);
      await client.query('alter table ledger.gone rename to holds; alter table cards.cards rename to gone');
      const { code: again, said: broken } = await cli('verify');
      expect(broken).toMatch(/^The books were NOT verified .*: broken off in /);
      expect(again).toBe(1);
    } finally {
      await client.query('alter table cards.gone rename to cards');
      await client.end();
    }
  });

  test('knows its commands', async () => {
    expect(await cli('settle')).toMatchObject({ code: 2, said: '' });
  });
});
