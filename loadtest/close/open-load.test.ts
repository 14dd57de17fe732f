import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startOpenLoad } from './open-load.ts';

test('a pause counts from when a payment was due, and shows as a time without answers', async () => {
  const from = performance.now();
  let gate: Promise<void> = Promise.resolve();
  const load = startOpenLoad({ perSecond: 500, secondsMax: 10, pay: () => gate });
  await sleep(200);
  gate = sleep(300);
  await sleep(300);
  await load.finish();
  const figures = load.window(from, performance.now());
  expect(figures.payments).toBeGreaterThan(100);
  expect(figures.longestMs).toBeGreaterThan(200);
  expect(figures.longestGapMs).toBeGreaterThan(200);
  expect(figures.p50Ms).toBeLessThan(figures.p99Ms);
});

test('a payment that fails ends the load with its reason', async () => {
  const load = startOpenLoad({
    perSecond: 500,
    secondsMax: 10,
    pay: () => Promise.reject(new Error('declined')),
  });
  await sleep(50);
  await expect(load.finish()).rejects.toThrow('declined');
});
