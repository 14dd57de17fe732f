import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readMigrations } from '#platform/schema/migration-files.ts';
import { hotTables, migrationFaults } from './migration-rule.ts';

const drizzle = join(import.meta.dirname, '../../../../drizzle');
/** Until then there was no version before that had to go on. */
const lastBeforeTheRule = '0025_leave_out_what_has_no_caller_key';

const whys = (sql: string) => migrationFaults([{ tag: '0099_try', sql }]).map(({ why }) => why);
const outside = (sql: string) => `-- run outside a transaction\n${sql}`;

test('every migration since keeps the rule, or says why it may not', () => {
  const since = readMigrations(drizzle).filter(({ tag }) => tag > lastBeforeTheRule);
  expect(migrationFaults(since)).toEqual([]);
});

test('the hot tables are tables of the schema', () => {
  const schema = readFileSync(join(drizzle, 'schema.sql'), 'utf8');
  expect(hotTables.filter((table) => !schema.includes(`create table ${table} (`))).toEqual([]);
});

describe('while the version before goes on', () => {
  test.each([
    ['alter table "cards"."cards" alter column "status" set data type text', 'a change of type'],
    ['alter table cards.cards alter status type text', 'a change of type'],
    ['alter table cards.cards rename column a to b', 'the version before still uses the old name'],
    ['alter table cards.cards rename to card', 'the version before still uses the old name'],
    ['alter table cards.cards drop column a', 'the version before still uses it'],
    ['alter table cards.cards drop a', 'the version before still uses it'],
    ['DROP TABLE cards.cards', 'the version before still uses it'],
    ['drop function ledger.refuse()', 'the version before still uses it'],
    ['alter table cards.cards add column a integer not null', 'the version before writes rows without'],
    ['alter table cards.cards add column a uuid default gen_random_uuid()', 'a default that differs'],
    ['alter table cards.cards add a bigint generated always as (b + 1) stored', 'a default that differs'],
    ['alter table cards.cards add constraint c unique (a)', 'the index is built under the lock'],
    ['alter table cards.cards add constraint c check (a > 0)', 'every row is looked at'],
    [
      'alter table cards.cards add constraint f foreign key (a) references b.c (id)',
      'every row is looked at',
    ],
    ['alter table cards.cards validate constraint c', 'validated in a transaction'],
    ['alter table cards.cards alter column a set not null', 'every row is looked at'],
    ['create index a on ledger.entries (b)', 'payments wait until it is done'],
    [
      'create unique index a on only "ledger"."postings_2026_11" using btree (b)',
      'payments wait until it is done',
    ],
    ['drop index ledger.a', 'payments wait until it is done'],
    ['create index concurrently a on ledger.entries (b)', 'it cannot run in a transaction'],
    ['update ledger.holds set a = 1', 'payments wait for the rows'],
    ['delete from idempotency.outcomes', 'payments wait for the rows'],
    ['do $$ begin drop table cards.cards; end $$', 'what a block does is not looked at'],
    ['lock table ledger.accounts', 'it locks a table'],
    ['vacuum full ledger.accounts', 'it locks a table'],
  ])('%s is refused', (sql, why) => {
    const found = whys(sql);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(why);
  });

  test.each([
    [
      'a new table with all it wants',
      'create table a.b (n integer not null); create index c on a.b (n); alter table a.b add constraint d check (n > 0); insert into a.b values (1)',
    ],
    ['a column that may be null', 'alter table ledger.holds add column a text'],
    [
      'a column with a constant',
      'alter table ledger.holds add column a integer not null default 0; alter table ledger.holds add b timestamptz default now() not null',
    ],
    ['an index on a small table', 'create index a on cards.products (b)'],
    ['an index beside the traffic', outside('create index concurrently a on ledger.entries (b)')],
    ['an index dropped beside the traffic', outside('drop index concurrently if exists ledger.a')],
    [
      'a constraint that takes over an index',
      'alter table ledger.entries add constraint c unique using index a',
    ],
    [
      'a constraint in two steps',
      outside(
        'alter table ledger.holds add constraint c check (a > 0) not valid; alter table ledger.holds validate constraint c',
      ),
    ],
    [
      'not null in three steps',
      outside(
        'alter table ledger.holds add constraint c check ("a" is not null) not valid; alter table ledger.holds validate constraint c; alter table ledger.holds alter column "a" set not null; alter table ledger.holds drop constraint c',
      ),
    ],
    [
      'a guard replaced',
      'create or replace function ledger.f() returns trigger language plpgsql as $$ begin delete from ledger.holds; end $$; grant select on ledger.holds to one_card_app',
    ],
    [
      'what a person allows',
      '-- allowed: no instance has read it since 1.4\nalter table cards.cards drop column a',
    ],
  ])('%s is taken', (_, sql) => {
    expect(whys(sql)).toEqual([]);
  });

  test('not null is not proven by a check that is not validated, or is of another column', () => {
    const check = 'alter table ledger.holds add constraint c check (b is not null) not valid;';
    expect(whys(outside(`${check} alter table ledger.holds alter b set not null`))).toHaveLength(1);
    const validated = `${check} alter table ledger.holds validate constraint c;`;
    expect(whys(outside(`${validated} alter table ledger.holds alter a set not null`))).toHaveLength(1);
  });

  test('two hot tables in one transaction are two files', () => {
    const both = 'alter table ledger.holds add a text; alter table ledger.entries add a text';
    expect(whys(both)).toEqual([expect.stringContaining('one hot table a file')]);
    expect(whys(outside(both))).toEqual([]);
  });

  test('one reason lets one statement through', () => {
    const sql = '-- allowed: unused\ndrop table a.b; drop table a.c';
    expect(migrationFaults([{ tag: '0099_try', sql }])).toEqual([
      { tag: '0099_try', statement: 'drop table a.c', why: expect.stringContaining('still uses it') },
    ]);
  });
});
