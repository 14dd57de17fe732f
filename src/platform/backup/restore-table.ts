import { join } from 'node:path';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { BackedUpTable } from './manifest.ts';
import { literal, quoted, tableName } from './rules/quoted.ts';
import { readTableFile } from './table-file.ts';

/** An index that grows with its table costs more than one that is built when all is there, from so many rows on. */
const rebuildFromRows = 20_000;

/**
 * Loads a table's rows in one transaction in which it is new or emptied, so that they are written once: frozen, and on
 * a server that keeps no archive without a log. What it has of keys and indexes is built when the rows are in.
 */
export async function loadTable(client: pg.Client, table: BackedUpTable, folder: string): Promise<void> {
  await client.query('begin');
  try {
    const toBuild = (await exists(client, table)) ? await empty(client, table) : await create(client, table);
    const name = tableName(table);
    const columns = table.columns.map(quoted).join(', ');
    const rows = client.query(copyFrom(`copy ${name} (${columns}) from stdin with (freeze)`));
    await readTableFile(join(folder, table.file), table, rows);
    if (rows.rowCount !== table.rows)
      throw new Error(`${name} has ${rows.rowCount} rows and had ${table.rows}`);
    for (const statement of toBuild) await client.query(statement);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

async function exists(client: pg.Client, table: BackedUpTable): Promise<boolean> {
  const found = await client.query<{ is: boolean }>(
    `select to_regclass(${literal(tableName(table))}) is not null as is`,
  );
  return found.rows[0]?.is === true;
}

/** A table that a migration made: emptied of what it put there. Gives what is to be built after the rows. */
async function empty(client: pg.Client, table: BackedUpTable): Promise<readonly string[]> {
  const name = tableName(table);
  await client.query(`truncate ${name}`);
  if (table.rows < rebuildFromRows) return [];
  // What stands there now and not what the manifest says: the names are the migrations'.
  const built = await client.query<{ make: string; take: string }>(
    `select format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as make,
       format('alter table %s drop constraint %I', conrelid::regclass, conname) as take
     from pg_constraint where conrelid = $1::regclass and contype in ('p', 'u', 'x')
     union all
     select pg_get_indexdef(indexrelid), format('drop index %s', indexrelid::regclass) from pg_index
     where indrelid = $1::regclass and not exists (select from pg_constraint where conindid = indexrelid)`,
    [name],
  );
  for (const { take } of built.rows) await client.query(take);
  return built.rows.map(({ make }) => make);
}

/** A table that no migration makes, such as a day's partition: as the backup's database had it, not attached yet. */
async function create(client: pg.Client, table: BackedUpTable): Promise<readonly string[]> {
  const { partition } = table;
  const shape =
    partition === null
      ? table.columnDefinitions.join(', ')
      : `like ${tableName({ schema: partition.schema, name: partition.parent })} including constraints`;
  const storage = table.storage.length === 0 ? '' : ` with (${table.storage.join(', ')})`;
  await client.query(`create table ${tableName(table)} (${shape})${storage}`);
  return [...table.constraints, ...table.indexes, ...table.triggers];
}

/** Its keys and indexes are taken for those that the parent asks for. */
export async function attachPartition(client: pg.Client, table: BackedUpTable): Promise<void> {
  const { partition } = table;
  if (partition === null) return;
  const parent = tableName({ schema: partition.schema, name: partition.parent });
  await client.query(`alter table ${parent} attach partition ${tableName(table)} ${partition.bound}`);
}
