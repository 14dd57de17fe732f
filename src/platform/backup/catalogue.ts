import type pg from 'pg';
import { ourSchemas } from '#platform/schema/schema-dump.ts';
import type { BackedUpTable, Manifest } from './manifest.ts';
import { quoted } from './rules/quoted.ts';

/** A table as the catalogue describes it, before its rows are written. */
export type CatalogueTable = Omit<BackedUpTable, 'sums' | 'rows' | 'file' | 'bytes' | 'sha256'> & {
  /** Columns that are in fen, of whatever room. */
  readonly fenColumns: readonly string[];
  /** What it takes on the disk, to begin with the largest. */
  readonly bytesOnDisk: number;
};

/**
 * Every table that holds rows, but for the migrator's notebook, which the manifest has as numbers. Partitions are found here and nowhere listed: which days there are, and which have
 * left for the archive, only the catalogue knows.
 */
const tablesQuery = `
select n.nspname as schema, c.relname as name, pg_table_size(c.oid)::float8 as "bytesOnDisk",
  (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
  (select array_agg(format('%I %s%s', a.attname, format_type(a.atttypid, a.atttypmod),
      case when a.attnotnull then ' not null' else '' end) order by a.attnum) from pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as "columnDefinitions",
  coalesce((select array_agg(a.attname::text order by a.attnum) from pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attname like '%\\_fen'
      and a.atttypid = 'int8'::regtype), '{}') as "fenColumns",
  coalesce(c.reloptions, '{}') as storage,
  (select json_build_object('schema', pn.nspname, 'parent', p.relname, 'bound', pg_get_expr(c.relpartbound, c.oid))
    from pg_inherits i join pg_class p on p.oid = i.inhparent join pg_namespace pn on pn.oid = p.relnamespace
    where i.inhrelid = c.oid and c.relispartition) as partition,
  coalesce((select array_agg(format('alter table %I.%I add constraint %I %s', n.nspname, c.relname, k.conname,
      pg_get_constraintdef(k.oid)) order by k.contype desc, k.conname) from pg_constraint k
    where k.conrelid = c.oid and k.contype in ('p', 'u', 'x')), '{}') as constraints,
  coalesce((select array_agg(pg_get_indexdef(x.indexrelid) order by x.indexrelid) from pg_index x
    where x.indrelid = c.oid
      and not exists (select from pg_constraint k where k.conindid = x.indexrelid and k.conrelid = c.oid)), '{}') as indexes,
  coalesce((select array_agg(pg_get_triggerdef(t.oid) order by t.tgname) from pg_trigger t
    where t.tgrelid = c.oid and not t.tgisinternal and t.tgparentid = 0), '{}') as triggers
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where ${ourSchemas} and c.relkind = 'r' and c.relpersistence = 'p'
order by pg_table_size(c.oid) desc, n.nspname, c.relname`;

/** The tables of a database, the largest first. */
export async function readTables(client: pg.Client): Promise<CatalogueTable[]> {
  return (await client.query<CatalogueTable>(tablesQuery)).rows;
}

/** How many tables of ours a database has: restored is only into one that has none. */
export async function countTables(client: pg.Client): Promise<number> {
  const found = await client.query<{ count: number }>(
    `select count(*)::int as count from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where ${ourSchemas} and c.relkind in ('r', 'p')`,
  );
  return found.rows[0]?.count ?? 0;
}

/** Where each sequence stands. */
export async function readSequences(client: pg.Client): Promise<Manifest['sequences']> {
  const named = await client.query<{ schema: string; name: string; quoted: string }>(
    `select n.nspname as schema, c.relname as name, format('%I.%I', n.nspname, c.relname) as quoted
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where ${ourSchemas} and c.relkind = 'S' order by 1, 2`,
  );
  const sequences: Manifest['sequences'] = [];
  for (const { schema, name, quoted } of named.rows) {
    const read = await client.query<{ last: string; called: boolean }>(
      `select last_value::text as last, is_called as called from ${quoted}`,
    );
    const state = read.rows[0];
    if (state !== undefined) sequences.push({ schema, name, lastValue: state.last, isCalled: state.called });
  }
  return sequences;
}

/** Which migrations the database has seen. */
export async function readMigrationsDone(client: pg.Client): Promise<number[]> {
  const found = await client.query<{ when: string }>(
    'select created_at::text as when from drizzle.__drizzle_migrations order by created_at',
  );
  return found.rows.map(({ when }) => Number(when));
}

/** The sums of a table's columns in fen, as texts: a sum of all may be larger than any number of ours. */
export async function readSums(
  client: pg.Client,
  table: string,
  columns: readonly string[],
): Promise<Record<string, string>> {
  if (columns.length === 0) return {};
  const sums = columns.map(quoted).map((column) => `coalesce(sum(${column}), 0)::text as ${column}`);
  const found = await client.query<Record<string, string>>(`select ${sums.join(', ')} from ${table}`);
  return { ...found.rows[0] };
}
