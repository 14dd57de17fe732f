import { describe, expect, test } from 'vitest';
import { askedOnce } from './asked-once.ts';

const open = (over: { readonly keysMax?: number; readonly keeps?: (answer: string) => boolean } = {}) => {
  const clock = { now: 1_000_000 };
  const asked: string[] = [];
  const once = askedOnce<string>(() => clock.now, { rememberedMs: 60_000, keysMax: 100, ...over });
  const ask = (key: string, answer: string | Error = key) =>
    once(key, async () => {
      asked.push(key);
      if (answer instanceof Error) throw answer;
      return answer;
    });
  return { ask, asked, clock };
};

describe('a question', () => {
  test('is asked once in its time, whoever asks meanwhile waits for that answer', async () => {
    const { ask, asked, clock } = open();
    expect(await Promise.all([ask('a', 'first'), ask('a', 'second')])).toEqual(['first', 'first']);
    clock.now += 59_999;
    expect(await ask('a', 'third')).toBe('first');
    clock.now += 1;
    expect(await ask('a', 'fourth')).toBe('fourth');
    expect(asked).toHaveLength(2);
  });

  test('that failed, or whose answer is not kept, is asked anew', async () => {
    const { ask, asked } = open({ keeps: (answer) => answer !== 'right' });
    await expect(ask('a', new Error('no connection'))).rejects.toThrow('no connection');
    expect(await ask('a', 'right')).toBe('right');
    expect(await ask('a', 'wrong')).toBe('wrong');
    expect(await ask('a', 'right')).toBe('wrong');
    expect(asked).toHaveLength(3);
  });

  test('is asked anew where more keys came since than are remembered, and where the clock went back', async () => {
    const { ask, asked, clock } = open({ keysMax: 2 });
    for (const key of ['a', 'b', 'c', 'a']) await ask(key);
    expect(asked).toEqual(['a', 'b', 'c', 'a']);
    clock.now -= 1;
    await ask('a');
    expect(asked).toHaveLength(5);
  });
});
