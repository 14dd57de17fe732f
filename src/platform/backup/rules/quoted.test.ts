import { expect, test } from 'vitest';
import { literal, quoted, tableName } from './quoted.ts';

test('a name and a text cannot end themselves', () => {
  expect(quoted('a"b')).toBe('"a""b"');
  expect(tableName({ schema: 'ledger', name: 'postings_20261126' })).toBe('"ledger"."postings_20261126"');
  expect(literal("it's")).toBe("'it''s'");
});
