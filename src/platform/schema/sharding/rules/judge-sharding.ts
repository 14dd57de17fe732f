import {
  bucketColumn,
  firstTable,
  madeWithBucket,
  type ShardingClass,
  withoutPrimaryKey,
} from '#platform/schema/sharding/classes.ts';

/** What the catalogue says about the tables of our schemas; a partition is its parent's. */
export interface Catalogue {
  readonly tables: readonly string[];
  /** Primary keys and unique indexes, with their columns in order; an expression is "". */
  readonly uniqueKeys: readonly UniqueKey[];
  readonly foreignKeys: readonly ForeignKey[];
  /** Tables whose `bucket` may be null, or is no smallint. */
  readonly looseBuckets: readonly string[];
}

export interface UniqueKey {
  readonly table: string;
  readonly name: string;
  readonly isPrimary: boolean;
  readonly columns: readonly string[];
}

export interface ForeignKey {
  readonly table: string;
  readonly name: string;
  readonly target: string;
}

type Classes = Readonly<Record<string, ShardingClass>>;

/**
 * What keeps the tables from being distributed as their classes say: nothing, or a sentence each. `anew` are the unique
 * indexes that the script makes with the bucket before it distributes their table.
 */
export function judgeSharding(
  catalogue: Catalogue,
  classes: Classes,
  anew: readonly string[] = Object.keys(madeWithBucket),
): string[] {
  const uniqueKeys = catalogue.uniqueKeys.map((key) =>
    anew.includes(key.name) ? { ...key, columns: [bucketColumn, ...key.columns] } : key,
  );
  const { tables } = catalogue;
  const unclassed = tables.filter((table) => classes[table] === undefined);
  const gone = Object.keys(classes).filter((table) => !tables.includes(table));
  return [
    ...unclassed.map(
      (table) => `${table} is in no class: say whether it goes by bucket, is reference or local`,
    ),
    ...gone.map((table) => `${table} is in a class and not in the database`),
    ...anew
      .filter((name) => !catalogue.uniqueKeys.some((key) => key.name === name))
      .map((name) => `the unique index ${name}, to be made anew with the bucket, is not in the database`),
    ...judgeBuckets({ ...catalogue, uniqueKeys }, classes),
    ...catalogue.foreignKeys.flatMap((key) => judgeForeignKey(key, classes)),
  ];
}

function judgeBuckets({ tables, uniqueKeys, looseBuckets }: Catalogue, classes: Classes): string[] {
  const keysOf = Map.groupBy(uniqueKeys, ({ table }) => table);
  return tables
    .filter((table) => classes[table] === 'bucket')
    .flatMap((table) => {
      const keys = keysOf.get(table) ?? [];
      const primary = keys.find(({ isPrimary }) => isPrimary);
      return [
        ...(primary === undefined && !withoutPrimaryKey.includes(table)
          ? [`${table} has no primary key`]
          : []),
        ...(primary !== undefined && primary.columns[0] !== bucketColumn
          ? [`the primary key of ${table} does not lead with the bucket`]
          : []),
        ...keys
          .filter(({ columns }) => !columns.includes(bucketColumn))
          .map(({ name }) => `the unique index ${name} of ${table} is without the bucket`),
        ...(looseBuckets.includes(table) ? [`the bucket of ${table} is no smallint that is never null`] : []),
      ];
    });
}

/** A row may speak only of what lies on the same machine: of a whole copy, or of the coordinator's own. */
function judgeForeignKey({ table, name, target }: ForeignKey, classes: Classes): string[] {
  const [from, to] = [classes[table], classes[target]];
  const mayPoint = to === 'reference' || (from === 'local' && to === 'local');
  return mayPoint ? [] : [`the foreign key ${name} leads from ${table} (${from}) to ${target} (${to})`];
}

/** The script that distributes the tables over Citus as their classes say. */
export function citusScript(classes: Classes): string {
  const of = (wanted: ShardingClass) => Object.keys(classes).filter((table) => classes[table] === wanted);
  const others = of('bucket').filter((table) => table !== firstTable);
  const spread = (table: string, beside: string) =>
    `select create_distributed_table('${table}', '${bucketColumn}', colocate_with => '${beside}');`;
  return `${[
    ...head,
    '-- Whole copies on every machine; first, since foreign keys may lead to them.',
    ...of('reference').map((table) => `select create_reference_table('${table}');`),
    '',
    '-- One machine takes a key once whatever card it comes with; over machines a unique index must have the bucket.',
    ...Object.values(madeWithBucket).flat(),
    '',
    '-- Spread by bucket, all the same way: what belongs to one card lies together.',
    spread(firstTable, 'none'),
    ...others.map((table) => spread(table, firstTable)),
    '',
    `-- On the coordinator alone, because no posting touches them: ${of('local').join(', ')}.`,
  ].join('\n')}\n`;
}

const head = [
  '-- Optional: the tables over Citus (PostgreSQL 16 or newer, Citus 14). Written by `npm run check:sharding -- --write`',
  '-- from src/platform/schema/sharding/classes.ts; `npm run check:sharding` proves that the tables allow it.',
  '-- On the coordinator, once, after the migrations, while no instance runs:',
  '--   psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f drizzle/citus.sql',
  '-- The guards of the journal are triggers, which Citus takes on distributed tables only when it is asked to. Debian 12 does',
  '-- not carry Citus: this script has not been run here.',
  '',
  'create extension if not exists citus;',
  'set citus.enable_unsafe_triggers = on;',
  '-- 256 buckets; a shard holds some of them. Few and fat: two to four for each core of the workers.',
  'set citus.shard_count = 16;',
  "select citus_set_coordinator_host(coalesce(host(inet_server_addr()), 'localhost'), current_setting('port')::int);",
  '',
];
