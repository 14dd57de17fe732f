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

function listening() {
  const lines: { message: string; fields: object | undefined }[] = [];
  const keep = (message: string, fields?: object) => void lines.push({ message, fields });
  return { lines, log: { ...quiet, info: keep, warn: keep } };
}
const gone = () => Object.assign(new Error('the database system is shutting down'), { code: '57P03' });

test('while rounds fail it is said once, without a stack, and so is that it works again', async () => {
  const { lines, log } = listening();
  let isAway = true;
  const work = async () => {
    if (isAway) throw gone();
    return false;
  };
  const schedule = repeat(log, { pauseMs: 100, work, failed: 'it failed' });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(lines).toEqual([{ message: 'it failed', fields: { reason: '57P03' } }]);
  isAway = false;
  await vi.advanceTimersByTimeAsync(60_000);
  await schedule.stop();
  expect(lines.slice(1)).toEqual([
    { message: 'it works again: it failed', fields: { failures: expect.any(Number) } },
  ]);
});

test('another reason is said too, with all that is known of it', async () => {
  const { lines, log } = listening();
  const errors = [gone(), gone(), new Error('a bug'), new Error('a bug'), gone()];
  const work = async () => {
    const error = errors.shift();
    if (error !== undefined) throw error;
    return false;
  };
  const schedule = repeat(log, { pauseMs: 100, work, failed: 'it failed' });
  await vi.advanceTimersByTimeAsync(60_000);
  await schedule.stop();
  expect(lines.map(({ message }) => message)).toEqual([
    ...['it failed', 'it failed', 'it failed'],
    'it works again: it failed',
  ]);
  expect(lines[1]?.fields).toEqual({ error: new Error('a bug') });
});

test('rounds that fail come less and less often, at least every ten seconds, and then again as before', async () => {
  let [rounds, isAway] = [0, true];
  const work = async () => {
    rounds++;
    if (isAway) throw gone();
    return false;
  };
  const schedule = repeat(quiet, { pauseMs: 100, work, failed: '' });
  await vi.advanceTimersByTimeAsync(120_000);
  expect(rounds).toBeGreaterThan(12);
  expect(rounds).toBeLessThan(22);
  isAway = false;
  await vi.advanceTimersByTimeAsync(10_000);
  rounds = 0;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(rounds).toBe(10);
  await schedule.stop();
});
