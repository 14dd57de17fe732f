import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StartError } from '#platform/start-error.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { migrate } from './migrate.ts';

let database: TestDatabase;
let folder: string;

/** A migration folder of one statement, as drizzle-kit lays it out; newer than any real one. */
function writeMigrations(): string {
  const made = mkdtempSync(join(tmpdir(), 'one-card-migrations-'));
  mkdirSync(join(made, 'meta'));
  const entry = { idx: 0, version: '7', when: 4_000_000_000_000, tag: '0000_try', breakpoints: true };
  const journal = { version: '7', dialect: 'postgresql', entries: [entry] };
  writeFileSync(join(made, 'meta', '_journal.json'), JSON.stringify(journal));
  writeFileSync(join(made, '0000_try.sql'), 'create table migrated_once (n integer)');
  return made;
}

beforeAll(async () => {
  database = await createTestDatabase();
  folder = writeMigrations();
});

afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

describe('migrate', () => {
  test('instances that start at once migrate once, and all succeed', async () => {
    await Promise.all([1, 2, 3, 4].map(() => migrate(database.url, folder)));
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const table = await client.query(
      `select count(*)::int as n from pg_class where relname = 'migrated_once'`,
    );
    const role = await client.query(`select rolcanlogin from pg_roles where rolname = 'one_card_app'`);
    await client.end();
    expect(table.rows).toEqual([{ n: 1 }]);
    expect(role.rows).toEqual([{ rolcanlogin: false }]);
  });

  test('an unreachable database is one sentence that shows no password', async () => {
    const failure = await migrate('postgresql://someone:s3cret@127.0.0.1:1/one_card', folder).catch((e) => e);
    expect(failure).toBeInstanceOf(StartError);
    expect(failure.message).toBe(
      'The database at 127.0.0.1:1/one_card cannot be reached (ECONNREFUSED): check DATABASE_URL.',
    );
  });

  test('a wrong password is one sentence that shows neither', async () => {
    const url = new URL(database.url);
    url.password = 'not-the-password';
    const failure = await migrate(url.href, folder).catch((e) => e);
    expect(failure).toBeInstanceOf(StartError);
    expect(failure.message).toContain('(28P01)');
    expect(failure.message).not.toContain('not-the-password');
  });
});
