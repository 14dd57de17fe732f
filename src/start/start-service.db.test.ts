import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openOwnerPool, sessionOf } from '#platform/postgres.ts';
import { openSecrets } from '#platform/secrets.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { masterKeyHex } from '#testing/http/http-town.ts';
import { startOldPostgres } from '#testing/servers/old-postgres.ts';
import { startServiceProcess } from '#testing/servers/service-process.ts';
import { claimDataSet } from './identity.ts';

const password = 'pass-word-of-the-books';
let folder: string;
let database: TestDatabase;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'one-card-start-'));
  chmodSync(folder, 0o711);
  database = await createTestDatabase();
});
afterAll(async () => {
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

describe("the books' identity", () => {
  test('is claimed by the first master key, kept for it, and closed to any other', async () => {
    const pool = openOwnerPool(database.url);
    const claim = (key: string) =>
      claimDataSet(sessionOf(pool), openSecrets({ masterKeyHex: key, dataDir: '/' }));
    const id = await claim(masterKeyHex);
    expect(await claim(masterKeyHex)).toBe(id);
    await expect(claim('cd'.repeat(32))).rejects.toThrow('another master key');
    expect(await claim(masterKeyHex)).toBe(id);
    await pool.end();
  });
});

describe('a start that cannot succeed is one sentence, code 1, and leaves nothing running:', () => {
  async function refusal(env: Record<string, string>): Promise<string> {
    const service = startServiceProcess(env);
    expect(await service.ended).toBe(1);
    expect(service.stdout()).toBe('');
    const lines = service.stderr().trim().split('\n');
    const sentences = lines.filter((line) => !line.startsWith('{"level"'));
    expect(sentences, service.stderr()).toHaveLength(1);
    expect(sentences[0]).toMatch(/^[A-Z].*\.$/);
    expect(service.stderr()).not.toContain(password);
    return sentences[0] ?? '';
  }

  test('a port that is taken, and the database that it had started is stopped again', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    const dataDir = join(folder, 'port-taken');
    expect(await refusal({ DATA_DIR: dataDir, PORT: String(port), DEMO: 'no' })).toBe(
      `Port ${port} on 127.0.0.1 is taken by another program: set PORT to another one.`,
    );
    taken.close();
    expect(existsSync(join(dataDir, 'postgresql', 'PG_VERSION'))).toBe(true);
    expect(existsSync(join(dataDir, 'postgresql', 'postmaster.pid'))).toBe(false);
  });

  test('a port for terminals that is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const env = { DATABASE_URL: database.url, MASTER_KEY: masterKeyHex, POS_PORT: String(port) };
    expect(await refusal(env)).toBe(
      `Port ${port} on 127.0.0.1 is taken by another program: give the terminals of "unionpay-pos" another one (POS_PORT).`,
    );
    taken.close();
  });

  test('a clock that is off, before a day is opened by it', async () => {
    const skewed = await createTestDatabase();
    const owner = openOwnerPool(skewed.url);
    await owner.query(`create schema skewed`);
    await owner.query(
      `create function skewed.clock_timestamp() returns timestamptz language sql
       as $$ select pg_catalog.clock_timestamp() - interval '3 days' $$`,
    );
    await owner.query('grant usage on schema skewed to public');
    const name = new URL(skewed.url).pathname.slice(1);
    await owner.query(`alter database ${name} set search_path = skewed, pg_catalog, public`);
    expect(await refusal({ DATABASE_URL: skewed.url, MASTER_KEY: masterKeyHex, DEMO: 'no' })).toContain(
      'The clock of this machine is 259200',
    );
    const { rows } = await owner.query('select business_date from ledger.business_days');
    expect(rows).toEqual([]);
    await owner.end();
    await skewed.drop();
  });

  test('a file of listeners that is not there, before anything is started', async () => {
    const dataDir = join(folder, 'no-listeners');
    expect(await refusal({ DATA_DIR: dataDir, POS_LISTENERS: '/no/such/file' })).toBe(
      'POS_LISTENERS: the file /no/such/file cannot be read (ENOENT).',
    );
    expect(existsSync(dataDir)).toBe(false);
  });

  test('a data folder that cannot be made', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    expect(await refusal({ DATA_DIR: join(file, 'data') })).toBe(
      `The folder ${join(file, 'data')} cannot be created (EEXIST): set DATA_DIR to a writable folder.`,
    );
  });

  test('a database that is not there', async () => {
    expect(await refusal({ DATABASE_URL: `postgresql://someone:${password}@127.0.0.1:1/books` })).toBe(
      'The database at 127.0.0.1:1/books cannot be reached (ECONNREFUSED): check DATABASE_URL.',
    );
  });

  test('a PostgreSQL that is too old', async () => {
    const old = await startOldPostgres('140011', '14.11');
    expect(await refusal({ DATABASE_URL: old.url })).toBe(
      'PostgreSQL 15 or newer is needed; this one is 14.11.',
    );
    old.stop();
  });

  test("another master key than the books'", async () => {
    expect(await refusal({ DATABASE_URL: database.url, MASTER_KEY: 'ab'.repeat(32) })).toBe(
      'The database was set up with another master key: set MASTER_KEY to that one.',
    );
  });

  test("the books' master key that is missing: none is made, and nothing is written", async () => {
    const owner = openOwnerPool(database.url);
    const migrations = 'select count(*)::int as done from drizzle.__drizzle_migrations';
    const before = (await owner.query(migrations)).rows;
    const dataDir = join(folder, 'no-key');
    expect(await refusal({ DATABASE_URL: database.url, DATA_DIR: dataDir, DEMO: 'yes' })).toBe(
      `The database was set up with a master key that is not in ${dataDir}: set MASTER_KEY, or put master.key there.`,
    );
    expect(existsSync(dataDir)).toBe(false);
    expect((await owner.query(migrations)).rows).toEqual(before);
    await owner.end();
  });

  test("the same for books in the data folder, which are also closed to another's key", async () => {
    const dataDir = join(folder, 'restored');
    const first = startServiceProcess({ DATA_DIR: dataDir, DEMO: 'no', MASTER_KEY: masterKeyHex });
    await first.address;
    expect(await first.stop('SIGINT')).toBe(0);
    const there = readdirSync(dataDir).sort();
    expect(there).not.toContain('master.key');
    expect(await refusal({ DATA_DIR: dataDir })).toContain(`a master key that is not in ${dataDir}`);
    expect(await refusal({ DATA_DIR: dataDir, MASTER_KEY: 'ab'.repeat(32) })).toContain('another master key');
    expect(readdirSync(dataDir).sort()).toEqual(there);
  });

  test.each([
    [
      'DATABASE_URL',
      `mysql://root:${password}@x/y`,
      'DATABASE_URL must be an address like postgresql://user@host/database.',
    ],
  ])('%s that cannot be', async (name, value, sentence) => {
    expect(await refusal({ [name]: value })).toBe(sentence);
  });
});
