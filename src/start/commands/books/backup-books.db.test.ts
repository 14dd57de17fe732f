import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { addSpans } from '#ledger/partitions/add-spans.ts';
import { archiveDays } from '#ledger/partitions/archive/archive-day.ts';
import { restoreDay } from '#ledger/partitions/archive/restore-day.ts';
import { type Manifest, readManifest } from '#platform/backup/manifest.ts';
import { restoreBackup } from '#platform/backup/restore-backup.ts';
import { takeBackup } from '#platform/backup/take-backup.ts';
import { readConfig } from '#platform/config.ts';
import { openOwnerPool, openPool, sessionOf } from '#platform/postgres.ts';
import { dumpSchema } from '#platform/schema/schema-dump.ts';
import { openSecrets } from '#platform/secrets.ts';
import { StartError } from '#platform/start-error.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { closeDay } from '#settlement/close-day.ts';
import { verify } from '#settlement/verify.ts';
import { claimDataSet } from '#start/identity.ts';
import { payment } from '#testing/http/http-calls.ts';
import { type HttpTown, masterKeyHex, openHttpTown } from '#testing/http/http-town.ts';
import { town } from '#testing/town.ts';
import { booksFacts } from './books-facts.ts';
import { houseProofs } from './house-proofs.ts';
import { restoreBooks } from './restore-books.ts';

const keyCheckValue = () => openSecrets({ masterKeyHex, dataDir: '/' }).keyCheckValue();
const told = { say: () => undefined, progress: { write: () => undefined, redraws: true } };
const trafficAtOnce = 8;
let folder: string;
let database: TestDatabase;
let house: HttpTown;
/** Answered before the backup began, by transaction id; and when that was. */
const before = new Set<string>();
let manifest: Manifest;
let target: TestDatabase;
const restored: TestDatabase[] = [];

/** A database with nothing in it at all. */
async function emptyDatabase(): Promise<TestDatabase> {
  const name = `empty_${randomUUID().replaceAll('-', '')}`;
  const run = async (statement: string) => {
    const client = new pg.Client({ connectionString: inject('databaseUrl') });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  await run(`create database ${name}`);
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${name}`;
  const made = { url: url.href, drop: () => run(`drop database if exists ${name} with (force)`) };
  restored.push(made);
  return made;
}

const backupFolder = () => join(folder, 'backup');
const order = (url: string, from = backupFolder()) => ({
  ...{
    url,
    folder: from,
    connections: 2,
    keyCheckValue: keyCheckValue(),
    facts: booksFacts,
    remake: addSpans,
  },
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'one-card-backup-'));
  database = await createTestDatabase();
  house = await openHttpTown(database.url);
  await claimDataSet(house.owner, openSecrets({ masterKeyHex, dataDir: '/' }));
  // Of one fen, so that the card's money outlasts a backup, however slow the machine is.
  const pay = async () => {
    const { status, json } = await house.post('/v1/transactions', payment({ amount: 1 }));
    expect(status).toBe(200);
    return String(json.transactionId);
  };
  for (let n = 0; n < 40; n += 1) before.add(await pay());
  // A second day, so that the journal has more than one part.
  const pool = openPool(database.url, 2);
  expect(typeof (await closeDay(pool, town.firstDay))).toBe('object');
  await pool.end();
  for (let n = 0; n < 40; n += 1) before.add(await pay());
  let isPaying = true;
  const traffic = Array.from({ length: trafficAtOnce }, async () => {
    while (isPaying) await pay();
  });
  manifest = await takeBackup({
    url: database.url,
    folder: backupFolder(),
    connections: 2,
    facts: booksFacts,
  });
  isPaying = false;
  await Promise.all(traffic);
  target = await emptyDatabase();
  await restoreBackup(order(target.url));
}, 120_000);
afterAll(async () => {
  await house?.close();
  await database?.drop();
  for (const one of restored) await one.drop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a backup that was taken under traffic', () => {
  test('is restored as the books of one moment: proved right, and with every payment answered before', async () => {
    const pool = openPool(target.url, 2);
    expect(await verify(pool, () => undefined, { above: houseProofs })).toMatchObject({ ok: true });
    const { rows } = await pool.query<{ id: bigint; bucket: number }>('select id from idempotency.outcomes');
    const ids = new Set(rows.map(({ id }) => String(id)));
    const idOf = (transactionId: string) => transactionId.split('-').at(-1) ?? '';
    expect(before.size).toBe(80);
    expect([...before].filter((transactionId) => !ids.has(idOf(transactionId)))).toEqual([]);
    await pool.end();
  });

  test('has the same tables, partitions, keys and guards, and every sequence goes on behind what was handed out', async () => {
    expect(await dumpSchema(target.url)).toBe(await dumpSchema(database.url));
    const days = manifest.tables.filter(
      ({ partition }) => partition?.parent === 'postings' && partition !== null,
    );
    expect(days.filter(({ rows }) => rows > 0).length).toBeGreaterThan(1);
    const [was, is] = [new pg.Client(database.url), new pg.Client(target.url)];
    await Promise.all([was.connect(), is.connect()]);
    const question = `select schemaname, sequencename, last_value from pg_sequences where schemaname <> 'drizzle' order by 1, 2`;
    const [first, second] = [(await was.query(question)).rows, (await is.query(question)).rows];
    expect(second.length).toBe(first.length);
    for (const [n, { last_value }] of second.entries())
      expect(BigInt(last_value ?? 0)).toBeLessThanOrEqual(BigInt(first[n]?.last_value ?? 0));
    await Promise.all([was.end(), is.end()]);
  });

  test('knows what moved on every day of it, as a refund or a repeat asks', async () => {
    const pool = openPool(target.url, 1);
    const { rows } = await pool.query<{ known: number; entries: number }>(
      `select count(legs[1])::int as known, count(*)::int as entries
       from ledger.entries, ledger.legs_of(array[business_date], array[bucket], array[id]) legs`,
    );
    expect(rows[0]?.entries).toBeGreaterThan(80);
    expect(rows[0]?.known).toBe(rows[0]?.entries);
    await pool.end();
  });

  test('is another data set afterwards: what a Redis knows of later outcomes is not heard', async () => {
    const pool = openPool(target.url, 1);
    const id = { name: 'test-data-set', text: 'select id::text from platform.data_set' };
    const [was, is] = [await house.owner.run(id), await sessionOf(pool).run(id)];
    expect(is.rows[0]?.[0]).not.toBe(was.rows[0]?.[0]);
    await pool.end();
  });

  test('refuses changes to the journal again', async () => {
    const client = new pg.Client(target.url);
    await client.connect();
    for (const { schema, name, partition } of manifest.tables)
      if (partition?.parent === 'postings')
        await expect(client.query(`update ${schema}.${name} set amount_fen = 1`)).rejects.toThrow();
    await client.end();
  });
});

describe('a backup', () => {
  test('overwrites nothing, whole or partial', async () => {
    const again = { url: database.url, connections: 2, facts: booksFacts };
    const text = readFileSync(join(backupFolder(), 'manifest.json'), 'utf8');
    await expect(takeBackup({ ...again, folder: backupFolder() })).rejects.toThrow(StartError);
    expect(readFileSync(join(backupFolder(), 'manifest.json'), 'utf8')).toBe(text);
    const fresh = join(folder, 'fresh');
    mkdirSync(`${fresh}.partial`);
    await expect(takeBackup({ ...again, folder: fresh })).rejects.toThrow('is there already');
    expect(existsSync(fresh)).toBe(false);
  });

  test('into a folder that cannot be is refused in a sentence', async () => {
    const order = { url: database.url, folder: '/proc/backup', connections: 2, facts: booksFacts };
    await expect(takeBackup(order)).rejects.toThrow(StartError);
  });

  test('that failed leaves a folder that says so by its name, and is none', async () => {
    const failed = join(folder, 'failed');
    const facts = { ...booksFacts, impossible: 'select 1 / 0' };
    await expect(takeBackup({ url: database.url, folder: failed, connections: 2, facts })).rejects.toThrow(
      'zero',
    );
    expect([existsSync(failed), existsSync(`${failed}.partial`)]).toEqual([false, true]);
    expect(() => readManifest(`${failed}.partial`)).toThrow('no whole backup');
  });

  test('holds neither the master key nor anything readable of it', () => {
    expect(readFileSync(join(backupFolder(), 'manifest.json'), 'utf8')).not.toContain(masterKeyHex);
    expect(manifest.keyCheckValue).toBe(keyCheckValue());
  });
});

describe('a restore is refused', () => {
  test('under another master key', async () => {
    const empty = await emptyDatabase();
    const other = openSecrets({ masterKeyHex: 'ab'.repeat(32), dataDir: '/' }).keyCheckValue();
    await expect(restoreBackup({ ...order(empty.url), keyCheckValue: other })).rejects.toThrow(
      'another master key',
    );
  });

  test('without any master key, and none is made up', async () => {
    const dataDir = join(folder, 'new');
    const to = { folder: backupFolder(), url: undefined, dataDir, verify: false };
    await expect(restoreBooks(readConfig({}), to, told)).rejects.toThrow('There is no master key');
    expect(existsSync(dataDir)).toBe(false);
  });

  test('of a folder that is no backup, or under another key, before a database is made', async () => {
    const dataDir = join(folder, 'not-made');
    const to = { folder: join(folder, 'nothing'), url: undefined, dataDir, verify: false };
    const config = readConfig({ MASTER_KEY: masterKeyHex });
    await expect(restoreBooks(config, to, told)).rejects.toThrow('no whole backup');
    const other = readConfig({ MASTER_KEY: 'ab'.repeat(32) });
    const whole = { ...to, folder: backupFolder() };
    await expect(restoreBooks(other, whole, told)).rejects.toThrow('another master key');
    expect(existsSync(dataDir)).toBe(false);
  });

  test.each([
    ['is gone', (path: string) => rmSync(path)],
    ['was cut', (path: string) => writeFileSync(path, readFileSync(path).subarray(0, 40))],
    ['was changed', spoil],
  ])('whose file %s, in a sentence that names it', async (_, how) => {
    const path = join(folder, randomUUID());
    cpSync(backupFolder(), path, { recursive: true });
    const file = join(path, fileOf('accounts'));
    how(file);
    const empty = await emptyDatabase();
    const failure = await restoreBackup(order(empty.url, path)).catch((error) => error);
    expect(failure).toBeInstanceOf(StartError);
    expect(failure.message).toContain(`${file} is not what was written`);
  });

  test('into a database that has tables of ours', async () => {
    await expect(restoreBackup(order(database.url))).rejects.toThrow('not empty');
  });

  test('into a data folder that has a database', async () => {
    const dataDir = join(folder, 'used');
    mkdirSync(join(dataDir, 'postgresql'), { recursive: true });
    const to = { folder: backupFolder(), url: undefined, dataDir, verify: false };
    await expect(restoreBooks(readConfig({ MASTER_KEY: masterKeyHex }), to, told)).rejects.toThrow('already');
  });

  test.each([
    ['of a file that is another than was written', (path: string) => spoil(join(path, fileOf('accounts')))],
    [
      'that was made by a newer version',
      (path: string) => change(path, (one) => one.migrations.push(9_999_999_999_999)),
    ],
    [
      'whose rows are fewer than they were',
      (path: string) => change(path, (one) => addTo(one, 'accounts', 'rows')),
    ],
    [
      'whose sums are others than they were',
      (path: string) => change(path, (one) => addTo(one, 'accounts', 'sums')),
    ],
    [
      'whose day is another than it was',
      (path: string) =>
        change(path, (one) => Object.assign(one.facts, { 'open business day': '2020-01-01' })),
    ],
  ])('%s', async (_, spoilIt) => {
    const path = join(folder, randomUUID());
    cpSync(backupFolder(), path, { recursive: true });
    spoilIt(path);
    const empty = await emptyDatabase();
    await expect(restoreBackup(order(empty.url, path))).rejects.toThrow();
  });
});

const fileOf = (table: string) => manifest.tables.find(({ name }) => name === table)?.file ?? '';

function spoil(file: string): void {
  const bytes = readFileSync(file);
  const last = bytes.length - 1;
  bytes[last] = (bytes[last] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

function change(path: string, how: (manifest: Manifest) => unknown): void {
  const changed = readManifest(path);
  how(changed);
  writeFileSync(join(path, 'manifest.json'), JSON.stringify(changed));
}

function addTo(changed: Manifest, table: string, what: 'rows' | 'sums'): void {
  const found = changed.tables.find(({ name }) => name === table);
  if (found === undefined) throw new Error(`no table ${table}`);
  if (what === 'rows') found.rows += 1;
  else found.sums = Object.fromEntries(Object.keys(found.sums).map((column) => [column, '1']));
}

test('books whose first day is in a file are backed up and restored as such, and the day comes back there', {
  timeout: 60_000,
}, async () => {
  const owner = openOwnerPool(database.url);
  await archiveDays(owner, folder, [town.firstDay]);
  await owner.end();
  const into = join(folder, 'without-first-day');
  await takeBackup({ url: database.url, folder: into, connections: 2, facts: booksFacts });
  const { url } = await emptyDatabase();
  await restoreBackup(order(url, into));
  const [there, pool] = [openOwnerPool(url), openPool(url, 2)];
  expect(await verify(pool, () => undefined, { above: houseProofs })).toMatchObject({
    ok: true,
    archived: { days: [town.firstDay] },
  });
  await restoreDay(there, folder, town.firstDay);
  expect(await verify(pool, () => undefined, { above: houseProofs })).toMatchObject({
    ok: true,
    archived: { days: [] },
  });
  await Promise.all([there.end(), pool.end()]);
});
