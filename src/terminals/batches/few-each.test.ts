import { describe, expect, test } from 'vitest';
import { TooManyWait } from '#platform/limits/gatherer.ts';
import { fewEach } from './few-each.ts';

describe('what comes in one terminal’s name', () => {
  test('waits up to so many, and keeps no other terminal waiting', async () => {
    const release: (() => void)[] = [];
    const ask = fewEach(2, () => new Promise<string>((resolve) => release.push(() => resolve('done'))));
    const own = [1, 1, 1, 2].map((terminalId) => ask({ terminalId }));
    await expect(own[2]).rejects.toThrow(TooManyWait);
    expect(release).toHaveLength(3);
    for (const one of release) one();
    expect(await Promise.all([own[0], own[1], own[3]])).toEqual(['done', 'done', 'done']);
    const again = ask({ terminalId: 1 });
    release.at(-1)?.();
    expect(await again).toBe('done');
  });

  test('is let go where it fails, too', async () => {
    const ask = fewEach(1, async () => {
      throw new Error('no');
    });
    for (let times = 0; times < 3; times++) await expect(ask({ terminalId: 1 })).rejects.toThrow('no');
  });
});
