import type pg from 'pg';
import { ourSchemas } from '#platform/schema/schema-dump.ts';
import type { Catalogue, ForeignKey, UniqueKey } from './rules/judge-sharding.ts';

/** Partitions are spread with their parent. */
const ourTables = `c.relkind in ('r', 'p') and not c.relispartition and ${ourSchemas}`;
const tableName = `format('%s.%s', n.nspname, c.relname)`;

const tables = `
  select ${tableName} as table from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where ${ourTables} order by 1`;

const uniqueKeys = `
  select ${tableName} as table, i.indexrelid::regclass::text as name, i.indisprimary as "isPrimary",
    array(select coalesce(a.attname, '') from unnest(i.indkey[:i.indnkeyatts - 1]) with ordinality k(number, place)
      left join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number and k.number > 0
      order by k.place)::text[] as columns
  from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
  where i.indisunique and ${ourTables} order by 1, 2`;

const foreignKeys = `
  select ${tableName} as table, k.conname as name,
    (select format('%s.%s', tn.nspname, t.relname) from pg_class t join pg_namespace tn on tn.oid = t.relnamespace
      where t.oid = k.confrelid) as target
  from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
  where k.contype = 'f' and ${ourTables} order by 1, 2`;

const looseBuckets = `
  select ${tableName} as table from pg_class c join pg_namespace n on n.oid = c.relnamespace
  left join pg_attribute a on a.attrelid = c.oid and a.attname = 'bucket' and not a.attisdropped
  where (a.attnotnull is distinct from true or a.atttypid <> 'smallint'::regtype) and ${ourTables} order by 1`;

/** Reads what the judgement needs from the live catalogue. */
export async function readCatalogue(client: pg.Client): Promise<Catalogue> {
  const all = async <Row extends pg.QueryResultRow>(text: string) => (await client.query<Row>(text)).rows;
  return {
    tables: (await all<{ table: string }>(tables)).map(({ table }) => table),
    uniqueKeys: await all<UniqueKey & pg.QueryResultRow>(uniqueKeys),
    foreignKeys: await all<ForeignKey & pg.QueryResultRow>(foreignKeys),
    looseBuckets: (await all<{ table: string }>(looseBuckets)).map(({ table }) => table),
  };
}
