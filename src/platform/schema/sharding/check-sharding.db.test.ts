import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hotTables } from '#platform/schema/rules/migration-rule.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { checkSharding } from './check-sharding.ts';
import { madeWithBucket, shardingClasses } from './classes.ts';
import { readCatalogue } from './read-catalogue.ts';
import { judgeSharding } from './rules/judge-sharding.ts';

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

describe('the migrated database', () => {
  test('can be spread over machines by its buckets, and drizzle/citus.sql says how', async () => {
    const found = await checkSharding(database.url);
    expect(found.problems).toEqual([]);
    const file = join(import.meta.dirname, '../../../../drizzle/citus.sql');
    expect(readFileSync(file, 'utf8'), 'if not: npm run check:sharding -- --write').toBe(found.script);
  });

  test('has its hot tables among those that are spread', () => {
    expect(hotTables.filter((table) => shardingClasses[table] !== 'bucket')).toEqual([]);
  });

  test('has the bucket in every unique key once the script made anew what stands without it', async () => {
    await client.query('begin');
    await client.query(Object.values(madeWithBucket).flat().join('\n'));
    expect(judgeSharding(await readCatalogue(client), shardingClasses, [])).toEqual([]);
    await client.query('rollback');
  });

  test('is found out by what a migration may do wrong', async () => {
    await client.query(`
      create schema probe;
      create table probe.new (id integer primary key);
      create unique index holds_probe on ledger.holds (account_id, entry_id);
      alter table shops.spending add constraint spending_probe foreign key (card_account_id) references audit.events (sequence) not valid;
      alter table transit.riders drop constraint riders_bucket_card_account_id_pk;
      alter table transit.riders add primary key (card_account_id, bucket);
      alter table transit.concessions drop constraint concessions_bucket_card_account_id_from_day_number_pk;
      alter table transit.concessions alter bucket drop not null`);
    expect((await checkSharding(database.url)).problems).toEqual([
      'probe.new is in no class: say whether it goes by bucket, is reference or local',
      'the unique index ledger.holds_probe of ledger.holds is without the bucket',
      'transit.concessions has no primary key',
      'the bucket of transit.concessions is no smallint that is never null',
      'the primary key of transit.riders does not lead with the bucket',
      'the foreign key spending_probe leads from shops.spending (bucket) to audit.events (local)',
    ]);
  });
});
