import { describe, expect, test } from 'vitest';
import {
  settlementField,
  settlementResult,
  standingRecords,
  totalsOf,
  uploadField,
} from './settlement-fields.ts';
import type { Entry } from './terminal-state.ts';

const entry = (kind: Entry['kind'], fen: number, over: Partial<Entry> = {}): Entry => ({
  ...{ kind, trace: '000042', batch: '000001', cardNumber: '9460000000000000', fields: {} },
  ...{ at: '2026-11-25 08:30:00', code: '00', rrn: null, approval: null, reversal: null },
  amount: String(fen).padStart(12, '0'),
  ...over,
});

/** The adjustment of the sale of trace 42. */
const adjusting = (kind: 'adjustment' | 'tip', fen: number, over: Partial<Entry> = {}) =>
  entry(kind, fen, { trace: '000043', fields: { 61: '0000010000421125' }, ...over });

describe('the totals of a batch', () => {
  test.for([
    ['a payment is a debit', [entry('payment', 100)], [100n, 1, 0n, 0]],
    [
      'a completion is a debit, a pre-authorisation nothing',
      [entry('authorise', 500), entry('capture', 300)],
      [300n, 1, 0n, 0],
    ],
    [
      'a void is a credit beside its payment',
      [entry('payment', 100), entry('void', 100)],
      [100n, 1, 100n, 1],
    ],
    [
      'refunds and voided completions are credits',
      [entry('refund', 7), entry('cancel-capture', 5)],
      [0n, 0, 12n, 2],
    ],
    ['what was declined does not count', [entry('payment', 100, { code: '51' })], [0n, 0, 0n, 0]],
    ['what nobody answered does not count', [entry('payment', 100, { code: null })], [0n, 0, 0n, 0]],
    ['what was reversed does not count', [entry('payment', 100, { reversal: '00' })], [0n, 0, 0n, 0]],
    ['what could not be reversed counts', [entry('payment', 100, { reversal: '22' })], [100n, 1, 0n, 0]],
    [
      'a sale that was adjusted counts once, with its new total',
      [entry('payment', 100), adjusting('adjustment', 80), entry('payment', 7, { trace: '000045' })],
      [87n, 2, 0n, 0],
    ],
    ['a tip is part of its sale', [entry('payment', 100), adjusting('tip', 120)], [120n, 1, 0n, 0]],
    [
      'a tip that was reversed, or refused, is not',
      [
        entry('payment', 100),
        adjusting('tip', 120, { reversal: '00' }),
        adjusting('adjustment', 90, { code: '94' }),
      ],
      [100n, 1, 0n, 0],
    ],
  ] as const)('%s', ([, entries, [debitFen, debitCount, creditFen, creditCount]]) => {
    expect(totalsOf(entries)).toEqual({ debitFen, debitCount, creditFen, creditCount });
  });

  test('field 48 has 62 digits: both sides of here, then of abroad, each with a place for the result', () => {
    const field = settlementField({ debitFen: 123_456n, debitCount: 12, creditFen: 7n, creditCount: 1 });
    expect(field).toBe(`000000123456012000000000007001${'0'.repeat(32)}`);
    expect(settlementResult(`${field.slice(0, 30)}1${field.slice(31)}`)).toBe('balanced');
    expect(settlementResult(undefined)).toBeNull();
  });

  test('an upload has an adjusted sale once, under its own trace number', () => {
    expect(standingRecords([entry('payment', 100), adjusting('tip', 120)])).toEqual([entry('payment', 120)]);
  });

  test('an upload says how many, and of each its trace, its card in 20 digits and its amount', () => {
    expect(uploadField([entry('payment', 100), entry('payment', 5)])).toBe(
      `02${'00' + '000042' + '00009460000000000000' + '000000000100'}${'00' + '000042' + '00009460000000000000' + '000000000005'}`,
    );
  });
});
