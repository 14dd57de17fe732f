import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { migrate } from './migrate.ts';
import { concurrentLockTimeoutMs, lockTimeoutMs } from './rules/lock-retry.ts';

let database: TestDatabase;
let client: pg.Client;
const folders: string[] = [];
let nextWhen = 4_000_000_000_000;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('create schema probe; create table probe.taps (n integer)');
});

afterAll(async () => {
  await client.end();
  await database.drop();
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A folder of one migration, newer than any before it. Can be written again with another text. */
function migrationOf(sql: string) {
  const folder = mkdtempSync(join(tmpdir(), 'one-card-migrations-'));
  folders.push(folder);
  mkdirSync(join(folder, 'meta'));
  const entries = [{ idx: 0, version: '7', when: nextWhen++, tag: '0000_try', breakpoints: true }];
  writeFileSync(
    join(folder, 'meta', '_journal.json'),
    JSON.stringify({ version: '7', dialect: 'postgresql', entries }),
  );
  const write = (text: string) => writeFileSync(join(folder, '0000_try.sql'), text);
  write(sql);
  return { run: () => migrate(database.url, folder), write };
}

const columns = async () => {
  const found = await client.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = 'probe.taps'::regclass and attnum > 0 and not attisdropped`,
  );
  return found.rows.map((row) => row.name);
};
const indexes = async () => {
  const found = await client.query<{ name: string; valid: boolean }>(
    `select indexrelid::regclass::text as name, indisvalid as valid from pg_index
     where indrelid = 'probe.taps'::regclass order by 1`,
  );
  return found.rows;
};
const halfDone = async () => (await client.query('select place from drizzle.statements_done')).rows;

describe('a migration in a transaction', () => {
  test('is undone whole when a statement of it fails, and is run when it is put right', async () => {
    const migration = migrationOf(
      'alter table probe.taps add a integer;--> statement-breakpoint\nselect 1/0',
    );
    await expect(migration.run()).rejects.toThrow('migration 0000_try failed: division by zero');
    expect(await columns()).toEqual(['n']);
    migration.write('alter table probe.taps add a integer; -- done');
    await migration.run();
    await migration.run();
    expect(await columns()).toEqual(['n', 'a']);
  });

  test('lets the traffic behind it pass when its lock is not to be had, and tries again', async () => {
    const holder = new pg.Client({ connectionString: database.url });
    await holder.connect();
    await holder.query('begin; select * from probe.taps');
    let isDone = false;
    const run = migrationOf('alter table probe.taps add b integer')
      .run()
      .then(() => {
        isDone = true;
      });
    const waits: number[] = [];
    const until = Date.now() + 2_000;
    while (Date.now() < until) {
      const started = Date.now();
      await client.query('select count(*) from probe.taps');
      waits.push(Date.now() - started);
      await sleep(10);
    }
    expect(isDone).toBe(false);
    await holder.query('commit');
    await run;
    await holder.end();
    expect(await columns()).toContain('b');
    // It did queue behind the exclusive request, and no longer than that one may wait (and the machine may be busy).
    expect(Math.max(...waits)).toBeGreaterThan(lockTimeoutMs / 4);
    expect(Math.max(...waits)).toBeLessThan(lockTimeoutMs * 4);
  });
});

describe('a migration outside a transaction', () => {
  const outside = '-- run outside a transaction\n';

  test('goes on where it stopped: what was done is not done again', async () => {
    const first = 'alter table probe.taps add c integer;--> statement-breakpoint\n';
    const index = 'create index concurrently taps_c on probe.taps (c);--> statement-breakpoint\n';
    const migration = migrationOf(`${outside}${first}${index}select 1/0`);
    await expect(migration.run()).rejects.toThrow('division by zero');
    expect(await halfDone()).toEqual([{ place: 0 }, { place: 1 }]);
    migration.write(`${outside}${first}${index}alter table probe.taps add d integer`);
    await migration.run();
    expect(await columns()).toEqual(['n', 'a', 'b', 'c', 'd']);
    expect(await indexes()).toEqual([{ name: 'probe.taps_c', valid: true }]);
    expect(await halfDone()).toEqual([]);
  });

  test('an index that a killed build left half made is built anew; one that was finished and not noted stays', async () => {
    await client.query('insert into probe.taps (n) values (1), (1)');
    await client.query('create unique index concurrently taps_n on probe.taps (n)').catch(() => undefined);
    expect(await indexes()).toContainEqual({ name: 'probe.taps_n', valid: false });
    await client.query('delete from probe.taps');
    const oid = async () => (await client.query(`select 'probe.taps_c'::regclass::oid as oid`)).rows[0];
    const before = await oid();
    const remade = 'create unique index concurrently "taps_n" on "probe"."taps" using btree ("n");';
    await migrationOf(
      `${outside}${remade}--> statement-breakpoint\ncreate index concurrently taps_c on probe.taps (c)`,
    ).run();
    expect(await indexes()).toContainEqual({ name: 'probe.taps_n', valid: true });
    expect(await oid()).toEqual(before);
  });

  test('what is for each partition is done for those that it has not reached, also where a run before died half way', async () => {
    await client.query(`create table probe.weeks (w integer) partition by list (w);
      create table probe.weeks_1 partition of probe.weeks for values in (1);
      create table probe.weeks_2 partition of probe.weeks for values in (2);
      insert into probe.weeks values (2), (2)`);
    const each = '-- for each partition of probe.weeks without probe.weeks_w\n';
    const migration = migrationOf(`${outside}-- allowed: of the parent alone
      create unique index if not exists weeks_w on only probe.weeks (w);
      ${each}create unique index concurrently if not exists {partition}_w on probe.{partition} (w);
      ${each}alter index probe.weeks_w attach partition probe.{partition}_w`);
    await expect(migration.run()).rejects.toThrow('could not create unique index "weeks_2_w"');
    // What was built may be gone again before it is attached.
    await client.query('drop index probe.weeks_1_w');
    // A partition that comes meanwhile has its own from the parent, under a name of its own.
    await client.query(
      'create table probe.weeks_3 partition of probe.weeks for values in (3); delete from probe.weeks',
    );
    await migration.run();
    const { rows } =
      await client.query(`select indexrelid::regclass::text as name, indisvalid as valid from pg_index
      where indexrelid::regclass::text like 'probe.weeks%' order by 1`);
    expect(rows).toEqual(
      ['weeks_1_w', 'weeks_2_w', 'weeks_3_w_idx', 'weeks_w'].map((name) => ({
        name: `probe.${name}`,
        valid: true,
      })),
    );
    expect(await halfDone()).toEqual([]);
  });

  test('drops an index once, and a partition that was half detached is detached', async () => {
    await migrationOf(`${outside}drop index concurrently probe.taps_n`).run();
    await migrationOf(`${outside}drop index concurrently probe.taps_n`).run();
    await client.query(`create table probe.days (d integer) partition by list (d);
      create table probe.days_1 partition of probe.days for values in (1)`);
    const reader = new pg.Client({ connectionString: database.url });
    await reader.connect();
    await reader.query('begin; select * from probe.days');
    // The detach waits for the reader; a limit of the session's own stops it in between.
    const killed = new pg.Client({ connectionString: database.url, options: '-c lock_timeout=200' });
    await killed.connect();
    await killed
      .query('alter table probe.days detach partition probe.days_1 concurrently')
      .catch(() => undefined);
    await killed.end();
    await reader.query('commit');
    await reader.end();
    const pending = async () =>
      (
        await client.query(
          `select inhdetachpending from pg_inherits where inhrelid = 'probe.days_1'::regclass`,
        )
      ).rows;
    expect(await pending()).toEqual([{ inhdetachpending: true }]);
    const detach = `${outside}alter table probe.days detach partition probe.days_1 concurrently`;
    await migrationOf(detach).run();
    await migrationOf(detach).run();
    expect(await pending()).toEqual([]);
  });

  test('instances that start at once build one index, and neither waits for the other for ever', async () => {
    const migration = migrationOf(`${outside}create index concurrently taps_d on probe.taps (d)`);
    const started = Date.now();
    await Promise.all([1, 2, 3, 4].map(() => migration.run()));
    expect(await indexes()).toContainEqual({ name: 'probe.taps_d', valid: true });
    expect(Date.now() - started).toBeLessThan(concurrentLockTimeoutMs / 100);
  });
});
