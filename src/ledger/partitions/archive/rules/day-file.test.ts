import { describe, expect, test } from 'vitest';
import { addLine, columnsOf, noSums, sameSums } from './day-file.ts';

const entry = 'E 1000000 42 - 2026-11-22 1 7 182 1 1';
const took = 'P 42 16000002 -100 900 2026-11-22 182';
const gave = 'P 42 24 100 - 2026-11-22 182';

describe('the file of an archived day', () => {
  test('a line gives the columns of its table, "-" is null', () => {
    expect(columnsOf(entry)).toEqual(['1000000', '42', null, '2026-11-22', '1', '7', '182', '1', '1']);
    expect(columnsOf(gave)).toEqual(['42', '24', '100', null, '2026-11-22', '182']);
  });

  test.each(['', 'E 1', `${took} 1`, took.replace('900', `0); drop table x`), 'X 1 2 3 - 2026-11-22 1'])(
    'a line that is none is refused: "%s"',
    (line) => {
      expect(() => columnsOf(line)).toThrow('no entry and no posting');
    },
  );

  test('the sums count rows, what was taken, and the last entry', () => {
    const sums = [entry, took, gave].reduce(addLine, noSums);
    expect(sums).toEqual({ entries: 1n, postings: 2n, debitFen: 100n, lastEntryId: 42n });
    expect([sameSums(sums, { ...sums }), sameSums(sums, { ...sums, debitFen: 99n })]).toEqual([true, false]);
  });
});
