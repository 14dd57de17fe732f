import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { makeFolder } from '#platform/files/make-folder.ts';
import { StartError } from '#platform/start-error.ts';
import { type CatalogueTable, readMigrationsDone, readSequences, readSums, readTables } from './catalogue.ts';
import { connectFor } from './connect.ts';
import { inTurns } from './in-turns.ts';
import { type BackedUpTable, type Manifest, syncFolder, writeManifest } from './manifest.ts';
import { literal, quoted, tableName } from './rules/quoted.ts';
import { writeTableFile } from './table-file.ts';

export interface BackupOrder {
  readonly url: string;
  /** A folder that is not there yet. */
  readonly folder: string;
  readonly connections: number;
  /** What people want to know of the books, each one row with one text, asked in the snapshot. */
  readonly facts: Readonly<Record<string, string>>;
  readonly onTable?: (table: string, done: number, total: number) => void;
}

const partial = '.partial';

/**
 * Writes every table of ours into a new folder, as it was at one moment: all connections read the same snapshot, while
 * the service goes on. Until it is whole the folder's name ends in `.partial`. Nothing is ever overwritten.
 */
export async function takeBackup(order: BackupOrder): Promise<Manifest> {
  const startedMs = performance.now();
  const working = order.folder + partial;
  for (const path of [order.folder, working])
    if (existsSync(path))
      throw new StartError(
        `${path} 已存在。${path} is there already: a backup overwrites nothing, name a new folder.`,
      );
  makeFolder(dirname(order.folder));
  const keeper = await connectFor('backup', order.url);
  try {
    const begun = await begin(keeper);
    makeWorking(working);
    const tables = await writeTables({ ...order, folder: working }, begun);
    const manifest: Manifest = {
      ...{ format: 1, takenAt: begun.takenAt, serverVersion: begun.serverVersion },
      ...{ migrations: begun.migrations, keyCheckValue: begun.keyCheckValue },
      facts: await readFacts(keeper, order.facts),
      // Numbers that were handed out after the snapshot too: none is handed out twice.
      sequences: await readSequences(keeper),
      tables,
      seconds: (performance.now() - startedMs) / 1_000,
    };
    await keeper.query('commit');
    writeManifest(working, manifest);
    renameSync(working, order.folder);
    syncFolder(order.folder);
    return manifest;
  } finally {
    await keeper.end().catch(() => undefined);
  }
}

function makeWorking(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new StartError(
      `${path} 无法创建。${path} cannot be created (${code}): name a folder that may be written.`,
      {
        cause: error,
      },
    );
  }
}

interface Begun {
  readonly snapshot: string;
  readonly takenAt: string;
  readonly serverVersion: string;
  readonly keyCheckValue: string | null;
  readonly migrations: number[];
  readonly tables: readonly CatalogueTable[];
}

/** Takes the snapshot and shares it. Tables that are read must not change their shape meanwhile, so each is held lightly. */
async function begin(keeper: pg.Client): Promise<Begun> {
  await keeper.query('begin isolation level repeatable read read only');
  const asked = await keeper.query<{ snapshot: string; at: string; version: string; key: string | null }>(
    `select pg_export_snapshot() as snapshot, to_char(now(), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at,
       current_setting('server_version') as version, (select key_check_value from platform.data_set) as key`,
  );
  const found = asked.rows[0];
  if (found === undefined) throw new Error('the server gave no snapshot');
  const tables = await readTables(keeper);
  await keeper.query(`lock table ${tables.map(tableName).join(', ')} in access share mode`);
  return {
    snapshot: found.snapshot,
    takenAt: found.at,
    serverVersion: found.version,
    keyCheckValue: found.key,
    migrations: await readMigrationsDone(keeper),
    tables,
  };
}

async function readFacts(
  client: pg.Client,
  facts: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const read: Record<string, string> = {};
  for (const [name, question] of Object.entries(facts)) {
    const { rows } = await client.query<unknown[]>({ text: question, rowMode: 'array' });
    read[name] = String(rows[0]?.[0] ?? '');
  }
  return read;
}

async function writeTables(order: BackupOrder, { snapshot, tables }: Begun): Promise<BackedUpTable[]> {
  const written = new Map<CatalogueTable, BackedUpTable>();
  const clients: pg.Client[] = [];
  try {
    for (let n = 0; n < order.connections; n += 1) {
      const client = await connectFor('backup', order.url);
      clients.push(client);
      await client.query('begin isolation level repeatable read read only');
      await client.query(`set transaction snapshot ${literal(snapshot)}`);
    }
    const workers = clients.map((client) => async (table: CatalogueTable) => {
      written.set(table, await writeTable(client, table, order.folder));
      order.onTable?.(`${table.schema}.${table.name}`, written.size, tables.length);
    });
    await inTurns(tables, workers);
  } finally {
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
  }
  return tables.map((table) => written.get(table)).filter((table) => table !== undefined);
}

async function writeTable(client: pg.Client, table: CatalogueTable, folder: string): Promise<BackedUpTable> {
  const { fenColumns, bytesOnDisk: _, ...described } = table;
  const file = `${table.schema}.${table.name}.copy.zst`.replace(/[^\w.-]/g, '-');
  const name = tableName(table);
  const rows = client.query(copyTo(`copy ${name} (${table.columns.map(quoted).join(', ')}) to stdout`));
  const { bytes, sha256 } = await writeTableFile(rows, join(folder, file));
  return {
    ...described,
    rows: rows.rowCount,
    sums: await readSums(client, name, fenColumns),
    file,
    bytes,
    sha256,
  };
}
