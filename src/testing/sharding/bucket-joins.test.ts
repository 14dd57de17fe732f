import { describe, expect, test } from 'vitest';
import { crossedBuckets } from './bucket-joins.ts';

const params = 'unnest($1::smallint[], $2::bigint[]) k(bucket, id)';

describe('a statement is at home in one bucket', () => {
  test.each([
    `select a.* from ${params} cross join lateral (
       select id from ledger.accounts where bucket = k.bucket and id = k.id for update) a`,
    `select h.id from ${params} join ledger.holds h on h.bucket = k.bucket and h.account_id = k.id`,
    `select (select string_agg(p.id, ',') from ledger.postings p left join ledger.corrections c
         on c.bucket = p.bucket and c.entry_id = p.entry_id where p.bucket = e.bucket)
       from ${params} cross join lateral (select * from ledger.entries where bucket = k.bucket) e`,
    `insert into ledger.entries (business_date, bucket, id) select $3::date, * from unnest($1::smallint[], $2::bigint[])`,
    `insert into ledger.groups (bucket, lane) select l.bucket, l.lane from ledger.lanes l where l.lane = $1`,
    `insert into ledger.holds as h (bucket, id) select n.bucket, n.id from unnest($1::smallint[]) n(bucket, id)
       on conflict (bucket, id) do update set state = excluded.state`,
    `update top_up.agents a set day = n.day from unnest($1::smallint[]) n(bucket, day) where a.bucket = n.bucket`,
    `with w as (update ledger.holds h set state = 2 from ${params} where h.bucket = k.bucket returning h.bucket)
       select * from w join ledger.accounts a on a.bucket = w.bucket`,
    'select * from ledger.accounts where bucket = $1::smallint and id = $2',
    'select d.business_date from ledger.business_days d, platform.reference_version v',
    'select pg_advisory_xact_lock_shared($1::bigint)',
  ])('%s', async (text) => {
    expect(await crossedBuckets(text)).toEqual([]);
  });
});

describe('a statement is not', () => {
  test.each([
    ['select * from ledger.accounts where id = $1', ['looked up without the bucket: ledger.accounts']],
    [
      `select * from ${params} join ledger.holds h on h.account_id = k.id`,
      ['looked up without the bucket: ledger.holds'],
    ],
    [
      `select * from ${params} join ledger.holds h on h.bucket = k.bucket or h.account_id = k.id`,
      ['looked up without the bucket: ledger.holds'],
    ],
    [
      `select * from ${params} join ledger.holds h on h.bucket = k.bucket join ledger.entries e on e.id = h.entry_id`,
      ['looked up without the bucket: ledger.entries'],
    ],
    [
      `select * from ${params} join ledger.holds h on h.bucket = k.bucket, unnest($3::smallint[]) m(bucket)
         join ledger.entries e on e.bucket = m.bucket`,
      ['of different buckets: ledger.holds / ledger.entries'],
    ],
    [
      `select o.id from unnest($1::uuid[]) k(key) cross join lateral (
         select * from idempotency.outcomes where business_key = k.key) o
         join ledger.holds h on h.bucket = o.bucket`,
      ['looked up without the bucket: idempotency.outcomes, ledger.holds'],
    ],
    [
      'insert into ledger.entries (id) select * from unnest($1::bigint[])',
      ['ledger.entries is written without its bucket', 'looked up without the bucket: ledger.entries'],
    ],
    [
      'insert into ledger.entries (bucket, id) select k.id, k.bucket from unnest($1::bigint[], $2::smallint[]) k(id, bucket), unnest($3::int[]) m(n)',
      ['ledger.entries is written without its bucket', 'looked up without the bucket: ledger.entries'],
    ],
    [
      'select * from audit.events, ledger.business_days',
      ['audit.events is local, and no posting may touch it'],
    ],
    ['select * from a.b', ['a.b is in no class, and no posting may touch it']],
    [
      'update ledger.holds set state = 2 where exists (select from ledger.entries e where e.id = entry_id)',
      ['looked up without the bucket: ledger.holds', 'looked up without the bucket: ledger.entries'],
    ],
  ])('%s', async (text, problems) => {
    expect(await crossedBuckets(text)).toEqual(problems);
  });
});
