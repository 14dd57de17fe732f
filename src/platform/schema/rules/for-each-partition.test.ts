import { expect, test } from 'vitest';
import { forEachPartition, statementFor } from './for-each-partition.ts';

test('a statement says above it that it is for each partition that an index has not reached', () => {
  expect(forEachPartition('-- for each partition of a.days without a.days_n\ncreate index')).toEqual({
    table: 'a.days',
    index: 'a.days_n',
  });
  expect(forEachPartition('-- for each of them\ncreate index')).toBeNull();
});

test('the name of the partition is put in wherever it is asked for', () => {
  expect(statementFor('create index {partition}_n on a.{partition} (n)', 'days_1')).toBe(
    'create index days_1_n on a.days_1 (n)',
  );
  expect(() => statementFor('create index n on a.days_1 (n)', 'days_1')).toThrow('{partition}');
});
