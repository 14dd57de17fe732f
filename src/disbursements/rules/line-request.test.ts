import { expect, test } from 'vitest';
import { sectorNamed } from '#sectors/all.ts';
import { lineRequest } from './line-request.ts';

const batch = {
  id: 12n,
  programme: 'elder-2026',
  period: '2026-11',
  purse: 'elder-care',
  terminalId: 6_000_011,
  localTime: '2026-11-22 08:30:00',
};
const line = { lineNo: 3, attempt: 1, amountFen: 9_000n, cardAccountId: 1_000_007n, cardId: 1_000_008n };
const keyOf = (over: Partial<typeof line>, id = 12n) =>
  lineRequest({ ...batch, id }, { ...line, ...over }, 1).businessKey;

test('the same line of the same attempt is one payment; another line, attempt or batch is another', () => {
  expect(keyOf({ amountFen: 1n })).toBe(keyOf({}));
  const keys = [
    keyOf({}),
    keyOf({ lineNo: 4 }),
    keyOf({ attempt: 2 }),
    keyOf({}, 13n),
    keyOf({ lineNo: 1, attempt: 12 }),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});

test('two tries of a line say the same, whatever batch the terminal is in by then', () => {
  expect(lineRequest(batch, line, 2)).toEqual({ ...lineRequest(batch, line, 1), batchNumber: 2 });
});

test('what it says of itself is what the sector reads: programme, period and purse', () => {
  const { detail, sector, kind } = lineRequest(batch, line, 1);
  expect([sector, kind]).toEqual(['subsidies', 'load']);
  expect(sectorNamed('subsidies')?.detail.parse(detail)).toEqual(detail);
});
