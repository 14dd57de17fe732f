import { describe, expect, test } from 'vitest';
import { genesisSeal, sealHash } from './seal.ts';
import { type ClosedDayRows, checkClosedDay } from './seal-check.ts';

const businessDate = '2026-11-22';
const head = { lane: 3, sequence: 12n, hash: Buffer.alloc(32, 1) };
const net = { participantId: 7, creditFen: 500n, debitFen: 0n, creditCount: 2, debitCount: 0 };
const totals = [
  { accountId: 2n, debitFen: 500n, creditFen: 0n, debitCount: 2, creditCount: 0 },
  { accountId: 120n, debitFen: 0n, creditFen: 500n, debitCount: 0, creditCount: 2 },
];
const right: ClosedDayRows = {
  day: { businessDate, openedAt: new Date(0), closedAt: new Date(1), nextDate: '2026-11-23' },
  previousSeal: genesisSeal,
  walked: [head],
  totals,
  heads: [head],
  nets: [net],
  seal: sealHash(genesisSeal, { businessDate, heads: [head], nets: [net] }),
};

describe('a closed day', () => {
  test('is right when heads, nets and seal follow from the chains and totals', () => {
    expect(checkClosedDay(right)).toBeNull();
  });

  test('may stand without nets and seal for the moments after its cut-off, but not with nets alone', () => {
    expect(checkClosedDay({ ...right, nets: [], seal: null })).toBeNull();
    expect(checkClosedDay({ ...right, seal: null })).toMatchObject({
      table: 'settlement.seals',
      found: 'no row',
    });
  });

  test.each<[string, Partial<ClosedDayRows>, object]>([
    [
      'totals that do not sum to zero',
      { totals: totals.slice(1) },
      { table: 'ledger.day_totals', key: 'day 2026-11-22', expected: 'sum 0', found: 'sum 500' },
    ],
    [
      'a lane that was cut short before the cut-off',
      { walked: [{ ...head, sequence: 11n }] },
      { table: 'ledger.day_seals', key: 'day 2026-11-22, lane 3' },
    ],
    [
      'a lane head that is missing',
      { heads: [] },
      { table: 'ledger.day_seals', key: 'day 2026-11-22, lane 3', found: 'no row' },
    ],
    [
      'a lane head of a lane that never cleared',
      { walked: [] },
      { table: 'ledger.day_seals', key: 'day 2026-11-22, lane 3', expected: 'no row' },
    ],
    [
      'a net that is another',
      { nets: [{ ...net, debitFen: 1n }] },
      {
        table: 'settlement.nets',
        key: 'day 2026-11-22, participant 7',
        expected: 'credit 500 in 2, debit 0 in 0',
        found: 'credit 500 in 2, debit 1 in 0',
      },
    ],
    [
      'a net of a participant that took no part',
      { nets: [net, { ...net, participantId: 8 }] },
      { table: 'settlement.nets', key: 'day 2026-11-22, participant 8', expected: 'no row' },
    ],
    ['a seal that is another', { seal: genesisSeal }, { table: 'settlement.seals', key: 'day 2026-11-22' }],
    [
      'a seal that follows no seal',
      { previousSeal: null },
      { table: 'settlement.seals', expected: 'a seal of the day before' },
    ],
  ])('is wrong with %s', (_, over, finding) => {
    expect(checkClosedDay({ ...right, ...over })).toMatchObject(finding);
  });
});
