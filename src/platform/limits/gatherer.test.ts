import { describe, expect, test } from 'vitest';
import { gatherer, TooManyWait } from './gatherer.ts';

const limits = { atOnceMax: 3, waitingMax: 6, restMs: 0 };

describe('what is gathered', () => {
  test('goes at once where it comes alone, and together where it comes meanwhile', async () => {
    const lots: number[][] = [];
    const ask = gatherer(limits, async (items: readonly number[]) => {
      lots.push([...items]);
      return items.map((item) => item * 2);
    });
    expect(await ask(1)).toBe(2);
    expect(await Promise.all([2, 3, 4, 5].map(ask))).toEqual([4, 6, 8, 10]);
    expect(lots).toEqual([[1], [2, 3, 4], [5]]);
  });

  test('is told at once where too many wait', async () => {
    const ask = gatherer(limits, async (items: readonly number[]) => items);
    const answers = await Promise.allSettled([1, 2, 3, 4, 5, 6, 7].map(ask));
    expect(answers.filter(({ status }) => status === 'rejected')).toEqual([
      { status: 'rejected', reason: expect.any(TooManyWait) },
    ]);
  });

  test('rests after each time', async () => {
    const at: number[] = [];
    const ask = gatherer({ ...limits, atOnceMax: 1, restMs: 30 }, async (items: readonly number[]) => {
      at.push(performance.now());
      return items;
    });
    await Promise.all([ask(1), ask(2)]);
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThan(25);
  });

  test('that fails because of one row fails for that one alone; of anything else for all', async () => {
    const failing = (code: string) =>
      gatherer(limits, async (items: readonly number[]) => {
        if (items.includes(2)) throw Object.assign(new Error('no'), { code });
        return items;
      });
    const statuses = async (code: string) =>
      (await Promise.allSettled([1, 2, 3].map(failing(code)))).map(({ status }) => status);
    expect(await statuses('23505')).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await statuses('57P01')).toEqual(['rejected', 'rejected', 'rejected']);
  });
});
