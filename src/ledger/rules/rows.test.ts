import { expect, test } from 'vitest';
import { type EntryRow, entryColumns, hasDetailColumn, type PostingRow, postingColumns } from './rows.ts';

const entry: EntryRow = {
  ownerId: 1_000_000n,
  id: 7n,
  originalId: null,
  participantId: 12,
  terminalId: 10_000_012,
  bucket: 3,
  kind: 1,
  sector: 2,
  hasDetail: false,
};
const posting: PostingRow = {
  bucket: 3,
  entryId: 7n,
  accountId: 16_000_002n,
  amountFen: -100n,
  balanceFen: 900n,
};

test('entries stand in columns, in the order of the insert', () => {
  expect(entryColumns([entry, { ...entry, id: 8n, originalId: 7n, kind: 6 }])).toEqual([
    '{3,3}',
    '{1000000,1000000}',
    '{7,8}',
    '{NULL,7}',
    '{12,12}',
    '{10000012,10000012}',
    '{1,6}',
    '{2,2}',
  ]);
});

test('whether entries have a detail stands in the last column of the insert, and is not known of all', () => {
  const rows = [true, false, null].map((hasDetail) => ({ ...entry, hasDetail }));
  expect(hasDetailColumn(rows)).toBe('{1,0,NULL}');
});

test('postings stand in columns, in the order of the insert; who carries no balance has none', () => {
  expect(
    postingColumns([posting, { ...posting, accountId: 200n, amountFen: 100n, balanceFen: null }]),
  ).toEqual(['{3,3}', '{7,7}', '{16000002,200}', '{-100,100}', '{900,NULL}']);
});
