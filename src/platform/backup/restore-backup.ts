import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { migrate } from '#platform/schema/migrate.ts';
import { StartError } from '#platform/start-error.ts';
import { countTables, readSums } from './catalogue.ts';
import { connectFor } from './connect.ts';
import { inTurns } from './in-turns.ts';
import { type BackedUpTable, type Manifest, readManifest } from './manifest.ts';
import { attachPartition, loadTable } from './restore-table.ts';
import { literal, tableName } from './rules/quoted.ts';

export interface RestoreOrder {
  /** A database that is empty. */
  readonly url: string;
  readonly folder: string;
  readonly connections: number;
  /** The check value of the key that will be used: another than the backup's could open nothing in it. */
  readonly keyCheckValue: string;
  readonly facts: Readonly<Record<string, string>>;
  /** What makes whatever the database makes beside its tables as their rows come in. */
  readonly remake: string;
  readonly onTable?: (table: string, done: number, total: number) => void;
}

const migrationsFolder = join(import.meta.dirname, '../../../drizzle');

/**
 * Loads a backup into an empty database and compares what arrived with what was written: checksums, rows, sums and
 * facts. Throws where anything differs; what is half restored is then to be thrown away.
 */
export async function restoreBackup(order: RestoreOrder): Promise<Manifest> {
  const manifest = readBackup(order);
  const keeper = await connectFor('restore', order.url);
  try {
    if ((await countTables(keeper)) > 0)
      throw new StartError(
        '数据库不是空的。The database is not empty: a backup is restored only into a new one.',
      );
    await migrateTo(order.url, manifest.migrations);
    await prepare(keeper);
    await dropPartitions(keeper, manifest);
    const references = await dropReferences(keeper);
    await loadTables(order, manifest);
    for (const table of manifest.tables) if (table.partition !== null) await attachPartition(keeper, table);
    for (const reference of references) await keeper.query(reference);
    await keeper.query(order.remake);
    await setSequences(keeper, manifest);
    await renewIdentity(keeper);
    await keeper.query('analyze');
    await compare(keeper, manifest, order.facts);
    return manifest;
  } finally {
    await keeper.end().catch(() => undefined);
  }
}

/** What the backup says of itself. Throws StartError for one that is not whole, or of another master key. */
export function readBackup({
  folder,
  keyCheckValue,
}: Pick<RestoreOrder, 'folder' | 'keyCheckValue'>): Manifest {
  const manifest = readManifest(folder);
  if (manifest.keyCheckValue !== null && manifest.keyCheckValue !== keyCheckValue)
    throw new StartError(
      '主密钥与备份不符。The backup was made under another master key: set MASTER_KEY to that one. It is in no backup.',
    );
  return manifest;
}

/** The schema as the backup's database had it; the next start of the service brings it further. */
async function migrateTo(url: string, done: readonly number[]): Promise<void> {
  const journal = JSON.parse(readFileSync(join(migrationsFolder, 'meta/_journal.json'), 'utf8')) as {
    entries: { when: number }[];
  };
  const known = new Set(journal.entries.map(({ when }) => when));
  if (done.some((when) => !known.has(when)))
    throw new StartError('The backup is of a newer version: restore it with that one.');
  const folder = mkdtempSync(join(tmpdir(), 'one-card-migrations-'));
  try {
    cpSync(migrationsFolder, folder, { recursive: true });
    const entries = journal.entries.filter(({ when }) => done.includes(when));
    writeFileSync(join(folder, 'meta/_journal.json'), JSON.stringify({ ...journal, entries }));
    await migrate(url, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Guards are for what changes the books; what is loaded has passed them, and is compared with sums at the end. */
async function prepare(client: pg.Client): Promise<void> {
  try {
    await client.query('set session_replication_role = replica');
  } catch (error) {
    throw new StartError(
      'The user of the new database may not set session_replication_role: use a superuser.',
      {
        cause: error,
      },
    );
  }
  await client.query(
    `set maintenance_work_mem = '512MB'; set synchronous_commit = off; set statement_timeout = 0`,
  );
}

/** The backup brings its own; those that a migration made are empty. */
async function dropPartitions(client: pg.Client, { tables }: Manifest): Promise<void> {
  const parents = new Set(
    tables.flatMap(({ partition }) =>
      partition === null ? [] : [tableName({ schema: partition.schema, name: partition.parent })],
    ),
  );
  for (const parent of parents) {
    const found = await client.query<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits where inhparent = ${literal(parent)}::regclass`,
    );
    for (const { name } of found.rows) await client.query(`drop table ${name}`);
  }
}

/** Tables are loaded in any order. Gives what makes the references again, which then looks at every row. */
async function dropReferences(client: pg.Client): Promise<readonly string[]> {
  const found = await client.query<{ make: string; take: string }>(
    `select format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as make,
       format('alter table %s drop constraint %I', conrelid::regclass, conname) as take
     from pg_constraint where contype = 'f' and conparentid = 0`,
  );
  for (const { take } of found.rows) await client.query(take);
  return found.rows.map(({ make }) => make);
}

async function loadTables(order: RestoreOrder, { tables }: Manifest): Promise<void> {
  const clients: pg.Client[] = [];
  let done = 0;
  try {
    for (let n = 0; n < order.connections; n += 1) {
      const client = await connectFor('restore', order.url);
      clients.push(client);
      await prepare(client);
    }
    const workers = clients.map((client) => async (table: BackedUpTable) => {
      await loadTable(client, table, order.folder);
      done += 1;
      order.onTable?.(`${table.schema}.${table.name}`, done, tables.length);
    });
    await inTurns(
      [...tables].sort((one, other) => other.bytes - one.bytes),
      workers,
    );
  } finally {
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
  }
}

async function setSequences(client: pg.Client, { sequences }: Manifest): Promise<void> {
  for (const { lastValue, isCalled, ...named } of sequences)
    await client.query(
      `select setval(${literal(tableName(named))}::regclass, ${lastValue}::bigint, ${isCalled})`,
    );
}

/** A new identity: a Redis that knows outcomes of after the backup must not answer for books that do not have them. */
async function renewIdentity(client: pg.Client): Promise<void> {
  // The log up to here is on the disk with this commit, whatever was not waited for before.
  await client.query('set synchronous_commit = on');
  await client.query('update platform.data_set set id = gen_random_uuid()');
}

async function compare(client: pg.Client, manifest: Manifest, facts: RestoreOrder['facts']): Promise<void> {
  for (const table of manifest.tables) {
    const sums = await readSums(client, tableName(table), Object.keys(table.sums));
    for (const [column, sum] of Object.entries(table.sums))
      if (sums[column] !== sum)
        throw new Error(
          `the sum of ${table.schema}.${table.name}.${column} is ${sums[column]} and was ${sum}`,
        );
  }
  for (const [name, was] of Object.entries(manifest.facts)) {
    const question = facts[name];
    if (question === undefined) continue;
    const { rows } = await client.query<unknown[]>({ text: question, rowMode: 'array' });
    const is = String(rows[0]?.[0] ?? '');
    if (is !== was) throw new Error(`${name} is ${is} and was ${was}`);
  }
}
