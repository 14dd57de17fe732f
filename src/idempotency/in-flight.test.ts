import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { inFlight } from './in-flight.ts';

const waitersMax = 2;
const waitMs = 1_000;
const open = () =>
  inFlight<{ key: string; name: string }, string>({
    waitersMax,
    waitMs,
    key: (item) => item.key,
    tooLong: 'too long',
  });
const item = (name: string, key = 'k') => ({ key, name });

/** Work that is finished by hand. */
function pending() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  return { work: () => promise, resolve, reject };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  expect(vi.getTimerCount(), 'no timer is left behind').toBe(0);
  vi.useRealTimers();
});

describe('a repeat that meets its first', () => {
  test('it waits for the answer of the first, and is told what the first was', async () => {
    const flights = open();
    const { work, resolve } = pending();
    const first = flights.run(item('first'), work);
    const waiting = flights.firstOf(item('repeat'));
    expect(waiting?.item).toEqual(item('first'));
    resolve('done');
    expect(await waiting?.answer).toBe('done');
    expect(await first).toBe('done');
  });

  test('it meets nobody under another key, nor before the first came, nor after it was answered', async () => {
    const flights = open();
    expect(flights.firstOf(item('early'))).toBeNull();
    const { work, resolve } = pending();
    const first = flights.run(item('first'), work);
    expect(flights.firstOf(item('other', 'other key'))).toBeNull();
    resolve('done');
    await first;
    expect(flights.firstOf(item('late'))).toBeNull();
  });

  test('it fails with a first that fails, and then the key is free again', async () => {
    const flights = open();
    const { work, reject } = pending();
    const first = flights.run(item('first'), work);
    const waiting = flights.firstOf(item('repeat'));
    reject(new Error('the books are on fire'));
    await expect(first).rejects.toThrow('on fire');
    await expect(waiting?.answer).rejects.toThrow('on fire');
    expect(flights.firstOf(item('again'))).toBeNull();
  });
});

describe('the limits', () => {
  test('a repeat waits so long and no longer; the first goes on', async () => {
    const flights = open();
    const { work, resolve } = pending();
    const first = flights.run(item('first'), work);
    const waiting = flights.firstOf(item('repeat'));
    let answered = '';
    void waiting?.answer.then((answer) => {
      answered = answer;
    });
    await vi.advanceTimersByTimeAsync(waitMs - 1);
    expect(answered).toBe('');
    await vi.advanceTimersByTimeAsync(1);
    expect(answered).toBe('too long');
    expect(flights.firstOf(item('another'))?.item).toEqual(item('first'));
    resolve('done');
    expect(await first).toBe('done');
    await vi.runAllTimersAsync();
  });

  test('so many repeats wait for one first; one more is told at once that it is too long', async () => {
    const flights = open();
    const { work, resolve } = pending();
    const first = flights.run(item('first'), work);
    const waiting = Array.from({ length: waitersMax }, () => flights.firstOf(item('repeat'))?.answer);
    expect(await flights.firstOf(item('one too many'))?.answer).toBe('too long');
    resolve('done');
    expect(await Promise.all(waiting)).toEqual(['done', 'done']);
    expect(await first).toBe('done');
  });
});

test('whatever has landed is gone with the young garbage, however long others have flown', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options?: { type: 'minor' }) => void;
  const flights = open();
  const bytesEach = 8 * 1_000;
  const atOnce = 20;
  const fly = async (count: number) => {
    const flying: { land: () => void; landed: Promise<string> }[] = [];
    for (let nth = 0; nth < count; nth++) {
      const large = { ...item('one', `k${nth}`), large: Array.from({ length: bytesEach / 8 }, () => nth) };
      const { work, resolve } = pending();
      flying.push({ land: () => resolve('done'), landed: flights.run(large, work) });
      const oldest = flying.length > atOnce ? flying.shift() : undefined;
      oldest?.land();
      await oldest?.landed;
    }
    for (const { land } of flying) land();
    await Promise.all(flying.map(({ landed }) => landed));
  };
  await fly(10);
  // From here on what keeps the flights is itself old.
  collect();
  const before = process.memoryUsage().heapUsed;
  await fly(3_000);
  collect({ type: 'minor' });
  collect({ type: 'minor' });
  expect(process.memoryUsage().heapUsed - before).toBeLessThan((3_000 * bytesEach) / 4);
});
