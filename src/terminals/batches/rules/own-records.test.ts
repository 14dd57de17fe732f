import { describe, expect, test } from 'vitest';
import { kindCodes } from '#ledger/rules/kinds.ts';
import { type CountedRecord, ownRecords } from './own-records.ts';

const record = (kind: keyof typeof kindCodes, traceNumber: number, over: Partial<CountedRecord> = {}) => ({
  ...{ kind: kindCodes[kind], traceNumber, fen: 1_000n, declined: false, reversed: false },
  ...{ adjusts: false, adjustedTrace: null },
  ...over,
});
const adjusting = (kind: 'payment' | 'refund', traceNumber: number, over: Partial<CountedRecord> = {}) =>
  record(kind, traceNumber, { adjusts: true, adjustedTrace: 1, fen: 200n, ...over });
const none = new Set<number>();
const debit = (traceNumber: number, amountFen: bigint) => ({ traceNumber, side: 'debit', amountFen });

describe('what a terminal should upload', () => {
  test('is what counts, each with its side', () => {
    const counted = [record('payment', 1), record('refund', 2), record('authorise', 3)];
    const declined = record('payment', 4, { declined: true });
    expect(ownRecords([...counted, declined], none)).toEqual([
      debit(1, 1_000n),
      { traceNumber: 2, side: 'credit', amountFen: 1_000n },
    ]);
  });

  test('has an adjusted sale once, with its new total', () => {
    expect(ownRecords([record('payment', 1), adjusting('refund', 2)], none)).toEqual([debit(1, 800n)]);
    expect(ownRecords([record('payment', 1), adjusting('payment', 2)], none)).toEqual([debit(1, 1_200n)]);
    const reversed = adjusting('payment', 2, { reversed: true });
    expect(ownRecords([record('payment', 1), reversed], none)).toEqual([debit(1, 1_000n)]);
  });

  test('has it under the adjustment’s trace number where the terminal uploaded that one alone', () => {
    const counted = [record('payment', 1), adjusting('refund', 2)];
    expect(ownRecords(counted, new Set([2]))).toEqual([debit(2, 800n)]);
    expect(ownRecords(counted, new Set([1, 2]))).toEqual([debit(1, 800n)]);
  });

  test('has one of two sales of the same trace number adjusted, and no refund that is named like one', () => {
    const twice = [record('refund', 1), record('payment', 1), record('payment', 1)];
    const amounts = ownRecords([...twice, adjusting('payment', 2)], none).map(({ amountFen }) => amountFen);
    expect(amounts).toEqual([1_000n, 1_200n, 1_000n]);
  });

  test('has an adjustment by itself whose sale was taken back', () => {
    const gone = record('payment', 1, { reversed: true });
    expect(ownRecords([gone, adjusting('payment', 2)], none)).toEqual([debit(2, 200n)]);
    expect(ownRecords([gone, adjusting('refund', 2)], none)).toEqual([
      { traceNumber: 2, side: 'credit', amountFen: 200n },
    ]);
  });
});
