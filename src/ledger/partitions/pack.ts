import type { Pool, PoolClient } from '#platform/postgres.ts';
import { fillPercents, type IndexSize, isLoose } from './rules/loose.ts';

/** One instance packs at a time. */
const packLock = 4_600_000_003n;

// The first partition of an older base is packed once a day after it is open. A closed day takes no more rows, so its indexes are written anew once, with full pages. What was packed says so.
const nextPartition = `
  select c.oid::regclass::text as name
  from pg_inherits i join pg_class c on c.oid = i.inhrelid
  join ledger.business_days d on c.relname like '%\\_' || to_char(d.business_date, 'YYYYMMDD')
    or c.relname like '%\\_before' and d.business_date = (
      select case when max(business_date) >= b.bound then max(business_date) filter (where business_date < b.bound) end
      from ledger.business_days,
        lateral (select (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \\(''([0-9-]+)''\\)'))[1]::date as bound) b
      group by b.bound)
  where i.inhparent in ('ledger.entries'::regclass, 'ledger.postings'::regclass) and d.closed_at is not null
    and obj_description(c.oid, 'pg_class') is null
  order by d.business_date, 1 limit 1`;

const indexesOf = `
  select i.indexrelid::regclass::text as name, i.indisvalid as valid
  from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am m on m.oid = c.relam
  where i.indrelid = $1::regclass and m.amname = 'btree'`;

// The callers' keys are digests; ids and the keys of a terminal go up.
const keyIndexes = `
  select i.indexrelid::regclass::text as name, c.reltuples::float8 as rows, pg_relation_size(c.oid)::float8 as bytes,
    (select ceil(sum(attlen) / 8.0)::int * 8 from pg_attribute where attrelid = c.oid) as "keyBytes",
    case when c.relname like 'outcomes\\_caller\\_key%' then ${fillPercents.anywhere} else ${fillPercents.atEnds} end as fill
  from pg_index i join pg_class c on c.oid = i.indexrelid
  where i.indrelid = 'idempotency.outcomes'::regclass and i.indisvalid`;

/** What was packed: a partition, or an index of the register of keys; null when there is nothing left to pack. */
export type Packed = string | null;

/**
 * Packs the next closed day, or, when all are, an index of the register of keys that has become loose: beside the
 * traffic, which waits for nothing. Only the books' owner may write an index anew, so the connection steps out of the
 * service's role, and is closed after. Nothing is done where another instance packs.
 */
export async function packNext(pool: Pool): Promise<Packed> {
  const client = await pool.connect();
  try {
    await client.query('set role none');
    const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [
      packLock,
    ]);
    if (!rows[0]?.mine) return null;
    const packed = (await packPartition(client)) ?? (await packKeys(client));
    await client.query('select pg_advisory_unlock($1)', [packLock]);
    return packed;
  } finally {
    // Frees the lock too, where it was not freed.
    client.release(true);
  }
}

async function packPartition(client: PoolClient): Promise<Packed> {
  const partition = (await client.query<{ name: string }>(nextPartition)).rows[0]?.name;
  if (partition === undefined) return null;
  const indexes = (await client.query<{ name: string; valid: boolean }>(indexesOf, [partition])).rows;
  for (const { name, valid } of indexes) {
    if (valid) await packIndex(client, name, fillPercents.atEnds);
    // Half built by a packing that died; what a migration builds just now is not ours.
    else if (/_cc(new|old)\d*"?$/.test(name)) await client.query(`drop index concurrently ${name}`);
  }
  await client.query(`analyze ${partition}`);
  await client.query(`comment on table ${partition} is 'packed'`);
  return partition;
}

async function packKeys(client: PoolClient): Promise<Packed> {
  const { rows } = await client.query<IndexSize & { name: string; fill: number }>(keyIndexes);
  const loose = rows.find(isLoose);
  if (loose === undefined) return null;
  await packIndex(client, loose.name, loose.fill);
  // The number of its rows is what the next look goes by.
  await client.query('analyze idempotency.outcomes');
  return loose.name;
}

/** Names come from the catalogue, quoted by it. */
async function packIndex(client: PoolClient, name: string, fill: number): Promise<void> {
  await client.query(`alter index ${name} set (fillfactor = ${fill})`);
  await client.query(`reindex index concurrently ${name}`);
}
