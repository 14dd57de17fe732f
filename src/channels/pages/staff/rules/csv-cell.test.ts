import { expect, test } from 'vitest';
import { csvLine } from '#platform/rules/write-csv.ts';
import { csvCell } from './csv-cell.ts';

test.for([
  [{ kind: 'text', text: '椰岛' }, '椰岛'],
  [{ kind: 'count', count: 12_345 }, '12345'],
  [{ kind: 'money', fen: 123_450n }, '1234.50'],
  [{ kind: 'money', fen: -5n }, '-0.05'],
  [{ kind: 'money', fen: null }, ''],
  [{ kind: 'moment', at: new Date('2026-11-22T00:30:00Z') }, '2026-11-22 08:30:00'],
  [{ kind: 'moment', at: null }, ''],
  [{ kind: 'badge', text: '正常', tone: 'ok' }, '正常'],
] as const)('a cell of a list is written so that programs read it: %#', ([cell, wanted]) => {
  expect(csvCell(cell)).toBe(wanted);
});

test('a name that a spreadsheet would run is disarmed on its way into a line; an amount below zero stays one', () => {
  const cells = [csvCell({ kind: 'text', text: '=HYPERLINK("x")' }), csvCell({ kind: 'money', fen: -150n })];
  expect(csvLine(cells)).toBe(`"'=HYPERLINK(""x"")",-1.50\r\n`);
});
