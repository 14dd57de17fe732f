import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareUploads, type OwnRecord, type UploadedRecord } from './compare-uploads.ts';

const theirs = (traceNumber: number, over: Partial<UploadedRecord> = {}): UploadedRecord => ({
  ...{ traceNumber, side: 'debit', amountFen: 100n, cardTail: '0123' },
  ...over,
});
const ours = (traceNumber: number, over: Partial<OwnRecord> = {}): OwnRecord => ({
  ...{ traceNumber, side: 'debit', amountFen: 100n },
  ...over,
});
const verdicts = (uploaded: UploadedRecord[], own: OwnRecord[]) =>
  compareUploads(uploaded, own).map(({ traceNumber, verdict }) => [traceNumber, verdict]);

describe('a record of a terminal', () => {
  test.for([
    ['matched', theirs(1), ours(1), 100n],
    ['matched', theirs(1, { side: null }), ours(1, { side: 'credit' }), 100n],
    ['amount-differs', theirs(1, { amountFen: 101n }), ours(1), 100n],
    ['side-differs', theirs(1, { side: 'credit' }), ours(1), 100n],
    ['missing-here', theirs(1), null, null],
    ['missing-there', null, ours(1), 100n],
  ] as const)('%s: %o against %o', ([verdict, uploaded, own, ownAmountFen]) => {
    const judged = compareUploads(uploaded === null ? [] : [uploaded], own === null ? [] : [own]);
    expect(judged).toEqual([expect.objectContaining({ traceNumber: 1, verdict, ownAmountFen })]);
  });

  test('is held against the one of ours that fits, where a trace number was used twice', () => {
    const twice = [ours(1, { amountFen: 5n }), ours(1, { side: 'credit' }), ours(1)];
    expect(verdicts([theirs(1)], twice)).toEqual([[1, 'matched']]);
    expect(verdicts([theirs(1, { side: 'credit' })], twice)).toEqual([[1, 'matched']]);
    expect(verdicts([theirs(1, { amountFen: 9n })], twice)).toEqual([[1, 'amount-differs']]);
  });
});

test('each trace number that either has gets one verdict, in their order', () => {
  const trace = fc.integer({ min: 0, max: 20 });
  const uploaded = fc.array(trace.map((number) => theirs(number)));
  const own = fc.array(trace.map((number) => ours(number)));
  fc.assert(
    fc.property(uploaded, own, (a, b) => {
      const traces = [...new Set([...a, ...b].map((record) => record.traceNumber))].sort((x, y) => x - y);
      const has = (records: readonly { traceNumber: number }[], number: number) =>
        records.some((record) => record.traceNumber === number);
      expect(verdicts(a, b)).toEqual(
        traces.map((number) => [
          number,
          !has(a, number) ? 'missing-there' : has(b, number) ? 'matched' : 'missing-here',
        ]),
      );
    }),
  );
});
