import { expect, test } from 'vitest';
import { type ChainPart, chainSpans, restAfter } from './chain-budget.ts';

/** The share of all time that pages take where each takes 10 ms and the process is that busy. */
function shareOfAll(utilization: number, part: ChainPart): number {
  const { newMs, againMs } = chainSpans(1);
  return ((part === 'new' ? newMs : againMs) * 10) / (10 + restAfter(10, utilization, part));
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
  const rests = [0, 0.25, 0.5, 0.7, 0.75].map((utilization) => restAfter(10, utilization, 'new'));
  expect(rests).toEqual(rests.toSorted((a, b) => a - b));
  expect(new Set(rests).size).toBe(rests.length);
});
