import { describe, expect, test } from 'vitest';
import { daysToWatch, sequenceOf, startFrom } from './start-from.ts';
import type { Place, Watermark } from './watermark.ts';

const at = (lane: number, sequence: bigint): Place => ({
  lane,
  sequence,
  firstId: sequence * 100n,
  outcomeCount: 1,
  businessDate: '2026-11-22',
  hash: Buffer.alloc(32),
});
const kept: Watermark = {
  days: ['2026-11-22'],
  closedThrough: '2026-11-21',
  closedFen: new Map([[1, 5n]]),
  lanes: new Map([[0, { countedSequence: 9n, chained: at(0, 8n), walked: at(0, 4n) }]]),
  holdsAfter: null,
  suspect: false,
};

describe('the days to watch', () => {
  test('are the open one, where nobody looked before', () => {
    expect(daysToWatch(null, { open: '2026-11-22', lastClosed: '2026-11-21' })).toEqual(['2026-11-22']);
  });

  test('are those of the last look, and with them a day that was opened since', () => {
    expect(daysToWatch(kept, { open: '2026-11-22', lastClosed: '2026-11-21' })).toEqual(['2026-11-22']);
    expect(daysToWatch(kept, { open: '2026-11-23', lastClosed: '2026-11-22' })).toEqual([
      '2026-11-22',
      '2026-11-23',
    ]);
  });

  test('are the open one alone, where more than one was opened since', () => {
    expect(daysToWatch(kept, { open: '2026-11-24', lastClosed: '2026-11-23' })).toEqual(['2026-11-24']);
  });

  test('are eight at the most, however many were wrong', () => {
    const days = Array.from({ length: 12 }, (_, i) => `2026-11-${10 + i}`);
    const watched = daysToWatch({ ...kept, days }, { open: '2026-11-22', lastClosed: '2026-11-21' });
    expect(watched).toHaveLength(8);
    expect(watched.at(-1)).toBe('2026-11-22');
  });
});

describe('a look', () => {
  const bases = new Map<number, Place>([
    [0, at(0, 2n)],
    [1, null],
  ]);

  test('begins where the last one ended, and a lane that is new at its first group', () => {
    const { mark, anew } = startFrom(kept, { days: ['2026-11-22'], bases });
    expect(anew).toBe(false);
    expect(mark.lanes.get(0)).toEqual(kept.lanes.get(0));
    expect(mark.lanes.get(1)).toEqual({ countedSequence: 0n, chained: null, walked: null });
    expect(mark).toMatchObject({ closedThrough: '2026-11-21', closedFen: kept.closedFen });
  });

  test('begins at the begin of the open day where nobody looked, or not for days', () => {
    const begin = { countedSequence: 2n, chained: at(0, 2n), walked: at(0, 2n) };
    for (const before of [null, kept]) {
      const { mark, anew } = startFrom(before, { days: ['2026-11-24'], bases });
      expect(anew).toBe(true);
      expect(mark.lanes.get(0)).toEqual(begin);
    }
  });

  test('goes again through the days that are watched only, unless a group before them is wrong', () => {
    const later = new Map<number, Place>([[0, at(0, 6n)]]);
    const walked = (suspect: boolean) =>
      sequenceOf(
        startFrom({ ...kept, suspect }, { days: ['2026-11-22'], bases: later }).mark.lanes.get(0)?.walked ??
          null,
      );
    expect(walked(false)).toBe(6n);
    expect(walked(true)).toBe(4n);
  });
});

test('before its first group a lane is at 0', () => {
  expect([sequenceOf(null), sequenceOf(at(0, 7n))]).toEqual([0n, 7n]);
});
