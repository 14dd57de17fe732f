import { expect, test } from 'vitest';
import { gather } from './gather.ts';

/** Gathers while so many come in in each turn of a clock of one millisecond. Gives the turns that were waited for. */
async function turnsFor(arrivals: readonly number[], lastSize = 8): Promise<number> {
  let [turns, queued] = [0, 4];
  await gather({
    last: { size: lastSize, beganAtMs: 100 },
    queued: () => queued,
    sizeMax: 512,
    now: () => 102 + turns,
    pause: async () => {
      queued += arrivals[turns] ?? 0;
      turns += 1;
    },
  });
  return turns;
}

test('a lane gathers until its groups begin far enough apart', async () => {
  expect(await turnsFor([1, 1, 1, 1, 1, 1, 1, 1])).toBe(6);
});

test('a lane stops gathering when nothing more comes', async () => {
  expect(await turnsFor([])).toBe(1);
  expect(await turnsFor([2, 1, 0, 9])).toBe(3);
});

test('a lane stops gathering when the group is large', async () => {
  expect(await turnsFor([30])).toBe(1);
});

test('clients in a closed circle are not held up', async () => {
  expect(await turnsFor([5, 5, 5], 4)).toBe(0);
});

test('a lane that was quiet does not wait at all', async () => {
  expect(await turnsFor([5, 5, 5], 1)).toBe(0);
});
