import { describe, expect, test } from 'vitest';
import { type Catalogue, citusScript, judgeSharding } from './judge-sharding.ts';

const classes = { 'a.hot': 'bucket', 'a.small': 'reference', 'a.desk': 'local' } as const;
const primary = (...columns: string[]) => ({ table: 'a.hot', name: 'hot_pk', isPrimary: true, columns });
const good: Catalogue = {
  tables: ['a.hot', 'a.small', 'a.desk'],
  uniqueKeys: [primary('bucket', 'id')],
  foreignKeys: [],
  looseBuckets: [],
};
const judge = (over: Partial<Catalogue>) => judgeSharding({ ...good, ...over }, classes, []);
const foreignKey = (table: string, target: string) => judge({ foreignKeys: [{ table, name: 'f', target }] });

describe('tables can be spread over machines', () => {
  test('where their keys have the bucket', () => {
    expect(judge({})).toEqual([]);
    const unique = { table: 'a.hot', name: 'hot_key', isPrimary: false, columns: ['key', 'bucket'] };
    expect(judge({ uniqueKeys: [primary('bucket', 'id'), unique] })).toEqual([]);
  });

  test.each([
    [{ uniqueKeys: [] }, 'a.hot has no primary key'],
    [{ uniqueKeys: [primary('id', 'bucket')] }, 'the primary key of a.hot does not lead with the bucket'],
    [
      { uniqueKeys: [primary('bucket', 'id'), { ...primary('key'), name: 'hot_key', isPrimary: false }] },
      'the unique index hot_key of a.hot is without the bucket',
    ],
    [{ looseBuckets: ['a.hot'] }, 'the bucket of a.hot is no smallint that is never null'],
    [
      { tables: [...good.tables, 'a.new'] },
      'a.new is in no class: say whether it goes by bucket, is reference or local',
    ],
    [{ tables: ['a.hot', 'a.small'] }, 'a.desk is in a class and not in the database'],
  ])('and are refused otherwise: %j', (over, sentence) => {
    expect(judge(over)).toEqual([sentence]);
  });

  test('where a key without the bucket is made anew with it by the script, and is there to be', () => {
    const own = { ...good, uniqueKeys: [primary('id')] };
    expect(judgeSharding(own, classes, ['hot_pk'])).toEqual([]);
    expect(judgeSharding(own, classes, [])).not.toEqual([]);
    expect(judgeSharding(own, classes, ['hot_pk', 'gone'])).toEqual([
      'the unique index gone, to be made anew with the bucket, is not in the database',
    ]);
  });

  test('where their foreign keys lead to whole copies only, or stay at the coordinator', () => {
    expect([
      foreignKey('a.hot', 'a.small'),
      foreignKey('a.desk', 'a.small'),
      foreignKey('a.desk', 'a.desk'),
    ]).toEqual([[], [], []]);
    expect(foreignKey('a.hot', 'a.desk')).toEqual([
      'the foreign key f leads from a.hot (bucket) to a.desk (local)',
    ]);
    expect(foreignKey('a.desk', 'a.hot')).toHaveLength(1);
    expect(foreignKey('a.small', 'a.desk')).toHaveLength(1);
    expect(foreignKey('a.hot', 'a.hot')).toHaveLength(1);
  });
});

test('the script names every table that is not the coordinator’s alone', () => {
  const script = citusScript({ 'ledger.accounts': 'bucket', ...classes });
  expect(script).toContain("select create_reference_table('a.small');");
  expect(script).toContain("create_distributed_table('ledger.accounts', 'bucket', colocate_with => 'none')");
  expect(script).toContain("create_distributed_table('a.hot', 'bucket', colocate_with => 'ledger.accounts')");
  expect(script).not.toContain("table('a.desk'");
});
