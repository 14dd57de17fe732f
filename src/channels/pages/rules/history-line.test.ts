import { describe, expect, test } from 'vitest';
import { accountId } from '#ledger/rules/accounts.ts';
import { firstIdOfGroup } from '#platform/ids.ts';
import { historyLine, linesByDay, type ReadEntry } from './history-line.ts';

const owner = 1_000_001n;
const at = (time: string) => firstIdOfGroup(0, Date.parse(time), 0n);
const paid: ReadEntry = {
  id: at('2026-11-22T15:59:59Z'),
  kind: 'payment',
  sector: 'transit',
  participantId: 7,
  terminalId: 71,
  businessDate: '2026-11-22',
  originalId: null,
  legs: [
    { accountId: accountId(owner, 'e-purse'), amountFen: -150n, balanceFen: 0n },
    { accountId: accountId(owner, 'online'), amountFen: -50n, balanceFen: 950n },
  ],
  detail: {},
  hold: null,
};
const none = new Map<bigint, ReadEntry>();

describe('a line of the history', () => {
  test('says what all purses gave together, and each of them with its balance after', () => {
    const line = historyLine(paid, none);
    expect(line.amountFen).toBe(-200n);
    expect(line.legs).toEqual([
      { purse: 'e-purse', amountFen: -150n, balanceFen: 0n },
      { purse: 'online', amountFen: -50n, balanceFen: 950n },
    ]);
  });

  test('belongs to the day in Hainan', () => {
    expect(historyLine(paid, none).day).toBe('2026-11-22');
    expect(historyLine({ ...paid, id: at('2026-11-22T16:00:00Z') }, none).day).toBe('2026-11-23');
  });

  test('tells of the detail what a holder understands, in one order, and nothing else', () => {
    const detail = { period: '2026-11', secretField: 'x', programme: '12', pass: '' };
    expect(historyLine({ ...paid, detail }, none).facts).toEqual([
      { name: 'programme', value: '12' },
      { name: 'period', value: '2026-11' },
    ]);
  });

  test('tells that it is but the difference of an earlier payment', () => {
    expect(historyLine({ ...paid, detail: { adjusts: '42' } }, none).facts).toEqual([
      { name: 'adjusts', value: '42' },
    ]);
  });

  test('of a settlement tells each leg that pays, and what is left to the holder', () => {
    const legs = { total: '48600', fund: '34020', mutualAid: '0', cash: '1000', personalAccount: '11580' };
    expect(historyLine({ ...paid, detail: legs }, none).facts).toEqual([
      { name: 'total', value: '48600' },
      { name: 'fund', value: '34020' },
      { name: 'personalAccount', value: '11580' },
      { name: 'own', value: '2000' },
      { name: 'cash', value: '1000' },
    ]);
    const odd = historyLine({ ...paid, detail: { ...legs, cash: 'x' } }, none).facts;
    expect(odd.map(({ name }) => name)).not.toContain('own');
  });

  test('of a ride tells the pass that it was taken on, of a purchase the pass and its days', () => {
    const ride = historyLine({ ...paid, detail: { line: 'R1', pass: 'T20', bought: '77' } }, none);
    expect(ride.facts).toEqual([
      { name: 'line', value: 'R1' },
      { name: 'passUsed', value: 'T20' },
    ]);
    const detail = { pass: 'T20', begins: '2026-11-22', ends: '2027-01-20' };
    expect(historyLine({ ...paid, detail }, none).facts.map(({ name }) => name)).toEqual([
      'pass',
      'begins',
      'ends',
    ]);
  });

  test('of a refund names the payment that is given back', () => {
    const refund: ReadEntry = { ...paid, id: paid.id + 1n, kind: 'refund', originalId: paid.id };
    expect(historyLine(refund, new Map([[paid.id, paid]])).original).toEqual({
      id: paid.id,
      atMs: Date.parse('2026-11-22T15:59:59Z'),
      participantId: 7,
      amountFen: -200n,
    });
    expect(historyLine(refund, none).original).toBeNull();
  });

  test('of a capture names what was held, since an authorisation moves nothing', () => {
    const hold = { amountFen: 600n, capturedFen: 200n, expiresAtMs: 0, isOpen: true };
    const held: ReadEntry = { ...paid, kind: 'authorise', legs: [], hold };
    const capture: ReadEntry = { ...paid, id: paid.id + 1n, kind: 'capture', originalId: paid.id };
    expect(historyLine(capture, new Map([[paid.id, held]])).original?.amountFen).toBe(-600n);
  });
});

test('lines are grouped by day without changing their order', () => {
  const lines = ['2026-11-23T02:00:00Z', '2026-11-22T15:00:00Z', '2026-11-22T14:00:00Z'].map((time) =>
    historyLine({ ...paid, id: at(time) }, none),
  );
  const days = linesByDay(lines);
  expect(days.map(({ day, lines: { length } }) => [day, length])).toEqual([
    ['2026-11-23', 1],
    ['2026-11-22', 2],
  ]);
  expect(days.flatMap((day) => day.lines)).toEqual(lines);
  expect(linesByDay([])).toEqual([]);
});
