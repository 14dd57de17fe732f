import { expect, test } from 'vitest';
import { type ChainPart, chainSpans, restAfter } from './chain-budget.ts';

/** The share of all time that pages take where each takes 10 ms and the process is that busy. */
function shareOfAll(utilization: number, part: ChainPart): number {
  const { newMs, againMs } = chainSpans(1);
  return (
    ((part === 'new' ? newMs : againMs) * 10) /
    (10 + restAfter({ part, pageMs: 10, leftMs: 60_000 }, utilization))
  );
}

test('a busy process gives the chains less than a hundredth of its time, one at leisure a fifth for what is new', () => {
  for (const utilization of [0.75, 0.9, 1]) {
    expect(shareOfAll(utilization, 'new')).toBeCloseTo(0.008);
    expect(shareOfAll(utilization, 'again')).toBeCloseTo(0.0008);
  }
  expect(shareOfAll(0, 'new')).toBeCloseTo(0.2);
  expect(shareOfAll(0, 'again')).toBeCloseTo(0.02);
});

test('the busier the process, the longer the rest after a page', () => {
  const page = { part: 'new', pageMs: 10, leftMs: 60_000 } as const;
  const rests = [0, 0.25, 0.5, 0.7, 0.75].map((utilization) => restAfter(page, utilization));
  expect(rests).toEqual(rests.toSorted((a, b) => a - b));
  expect(new Set(rests).size).toBe(rests.length);
});

test('a rest ends with the time of its part: a look is never kept from its end, however long its page took', () => {
  const page = { part: 'again', pageMs: 30, leftMs: 1_000 } as const;
  expect(restAfter(page, 1)).toBe(1_000);
  expect(restAfter({ ...page, leftMs: 0 }, 1)).toBe(0);
  expect(restAfter({ ...page, leftMs: 60_000 }, 1)).toBeGreaterThan(5_000);
});
