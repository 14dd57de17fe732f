import { describe, expect, test } from 'vitest';
import { openReadiness } from './readiness.ts';

const open = (over = {}) => {
  const at = { nowMs: 0, isWrong: false };
  const parts = { drainMs: 60_000, isClockWrong: () => at.isWrong, nowMs: () => at.nowMs, ...over };
  return { at, readiness: openReadiness(parts) };
};
/** Whether it is done without any time passing. */
const isDone = (work: Promise<void>) =>
  Promise.race([work.then(() => true), new Promise<boolean>((resolve) => setTimeout(resolve, 20, false))]);

describe('readiness', () => {
  test('is there until the clock is wrong or it drains', async () => {
    const { at, readiness } = open({ drainMs: 0 });
    expect(readiness.whyNot()).toBeNull();
    at.isWrong = true;
    expect(readiness.whyNot()).toBe('clock-skew');
    await readiness.drain();
    expect(readiness.whyNot()).toBe('draining');
  });

  test('a balancer that asks is given time to notice, and a second signal ends it', async () => {
    const { readiness } = open();
    readiness.whyNot();
    const draining = readiness.drain();
    expect(readiness.whyNot()).toBe('draining');
    expect(await isDone(draining)).toBe(false);
    readiness.hasten();
    expect(await isDone(draining)).toBe(true);
  });

  test('where nobody asks, or not for a minute, nobody is waited for', async () => {
    expect(await isDone(open().readiness.drain())).toBe(true);
    const { at, readiness } = open();
    readiness.whyNot();
    at.nowMs = 60_001;
    expect(await isDone(readiness.drain())).toBe(true);
  });

  test('ends its waiting by itself', async () => {
    const { readiness } = open({ drainMs: 5 });
    readiness.whyNot();
    await readiness.drain();
  });
});
