import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StartError } from '#platform/start-error.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { migrate, requireNewestSchema } from './migrate.ts';
import { sessionName } from './rules/generation.ts';

let database: TestDatabase;
let folder: string;

/** A migration folder of one statement, as drizzle-kit lays it out; newer than any real one. */
function writeMigrations({
  when = 4_000_000_000_000,
  sql = 'create table migrated_once (n integer)',
} = {}): string {
  const made = mkdtempSync(join(tmpdir(), 'one-card-migrations-'));
  mkdirSync(join(made, 'meta'));
  const entry = { idx: 0, version: '7', when, tag: '0000_try', breakpoints: true };
  const journal = { version: '7', dialect: 'postgresql', entries: [entry] };
  writeFileSync(join(made, 'meta', '_journal.json'), JSON.stringify(journal));
  writeFileSync(join(made, '0000_try.sql'), sql);
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

  test('what the version before still uses is dropped by the first start at which none of its sessions is there', async () => {
    const dropping = writeMigrations({
      when: 4_000_000_000_001,
      sql: '-- when no session before schema 2 is there\ndrop table migrated_once',
    });
    const before = new pg.Client({ connectionString: database.url, application_name: 'one-card lane' });
    await before.connect();
    expect(await migrate(database.url, dropping)).toEqual(['0000_try']);
    expect((await before.query('select * from migrated_once')).rows).toEqual([]);
    // A command that only reads does not mind.
    await requireNewestSchema(database.url, dropping);
    await before.end();
    const beside = new pg.Client({ connectionString: database.url, application_name: sessionName('lane') });
    await beside.connect();
    while ((await migrate(database.url, dropping)).length > 0) await sleep(20);
    await expect(beside.query('select * from migrated_once')).rejects.toThrow('does not exist');
    await beside.end();
    rmSync(dropping, { recursive: true });
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
