import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { repeat } from './repeat.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const quiet = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

test('a round that takes long is not overtaken by the next, so that rounds never pile up', async () => {
  let [atOnce, most, rounds] = [0, 0, 0];
  const work = async () => {
    most = Math.max(most, ++atOnce);
    rounds++;
    await new Promise((resolve) => setTimeout(resolve, 350));
    atOnce--;
    return false;
  };
  const schedule = repeat(quiet, { pauseMs: 100, work, failed: '' });
  await vi.advanceTimersByTimeAsync(1_000);
  const stopped = schedule.stop();
  await vi.advanceTimersByTimeAsync(1_000);
  await stopped;
  expect(most).toBe(1);
  expect(rounds).toBe(3);
});

test('what leaves more behind goes on at once, and yet not for ever', async () => {
  let parts = 0;
  const schedule = repeat(quiet, { pauseMs: 100, work: async () => ++parts > 0, failed: '' });
  await vi.advanceTimersByTimeAsync(100);
  expect(parts).toBe(200);
  await schedule.stop();
});

test('whoever stops it waits for the part that is under way, and no other is begun', async () => {
  const done: string[] = [];
  const work = async (signal: AbortSignal) => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    done.push(signal.aborted ? 'told to stop' : 'not told');
    return true;
  };
  const schedule = repeat(quiet, { pauseMs: 100, work, failed: '' });
  await vi.advanceTimersByTimeAsync(120);
  const stopped = schedule.stop();
  await vi.advanceTimersByTimeAsync(500);
  await stopped;
  expect(done).toEqual(['told to stop']);
});

test('a round that fails is said in the log, and the next one comes', async () => {
  const warned: string[] = [];
  let rounds = 0;
  const work = async () => {
    if (++rounds === 1) throw new Error('the database is away');
    return false;
  };
  const log = { ...quiet, warn: (message: string) => warned.push(message) };
  const schedule = repeat(log, { pauseMs: 100, work, failed: 'it failed' });
  await vi.advanceTimersByTimeAsync(250);
  await schedule.stop();
  expect(warned).toEqual(['it failed']);
  expect(rounds).toBe(2);
});
