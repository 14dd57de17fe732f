import { expect, test } from 'vitest';
import { type OutcomeRow, outcomeColumns } from './outcome-rows.ts';

const row: OutcomeRow = {
  id: 7n,
  bucket: 3,
  callerKey: null,
  businessKey: '01009896-8126-5e00-0001-00002a000000',
  kind: 1,
  sector: 2,
  cardId: 1_000_000n,
  amountFen: 100n,
  originalId: null,
  localTime: '2026-11-22 08:00:00',
  refusal: null,
  detail: 'line=1',
};

test('outcomes stand in columns, in the order of the insert and of the rows', () => {
  const declined = { ...row, id: 8n, refusal: 'card-lost', amountFen: null, originalId: 5n, detail: null };
  expect(outcomeColumns([row, declined])).toEqual([
    '{3,3}',
    '{7,8}',
    '{NULL,NULL}',
    `{${row.businessKey},${row.businessKey}}`,
    '{1,1}',
    '{2,2}',
    '{1000000,1000000}',
    '{100,NULL}',
    '{NULL,5}',
    '{"2026-11-22 08:00:00","2026-11-22 08:00:00"}',
    '{NULL,card-lost}',
    '{"line=1",NULL}',
  ]);
});

test('a group without outcomes has empty columns', () => {
  expect(new Set(outcomeColumns([]))).toEqual(new Set(['{}']));
});
