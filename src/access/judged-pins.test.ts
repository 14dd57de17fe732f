import { expect, test } from 'vitest';
import { openJudgedPins } from './judged-pins.ts';
import type { PinJudgement } from './payment-pin.ts';

function judgeThat(answer: PinJudgement, envelopesMax = 10) {
  let [now, asked] = [1_000_000, 0];
  const pins = openJudgedPins(() => now, { envelopesMax });
  const ask = async () => {
    asked += 1;
    return answer;
  };
  return {
    judge: (envelope: string) => pins.judge(envelope, ask),
    pass: (ms: number) => {
      now += ms;
    },
    asked: () => asked,
  };
}

test('a wrong PIN that a terminal sends again and again is one try, also while the first is on its way', async () => {
  const { judge, asked, pass } = judgeThat('wrong');
  expect(new Set(await Promise.all([judge('a'), judge('a'), judge('a')]))).toEqual(new Set(['wrong']));
  pass(60_000);
  expect(await judge('a')).toBe('wrong');
  expect(asked()).toBe(1);
  await judge('b');
  expect(asked()).toBe(2);
  pass(5 * 60_000);
  await judge('a');
  expect(asked()).toBe(3);
});

test.each(['right', 'locked', 'not-set'] as const)(
  'a PIN that is %s is asked about each time',
  async (answer) => {
    const { judge, asked } = judgeThat(answer);
    expect([await judge('a'), await judge('a')]).toEqual([answer, answer]);
    expect(asked()).toBe(2);
  },
);

test('what could not be judged is judged when it comes again', async () => {
  const pins = openJudgedPins(() => 1_000_000);
  const broken = () => Promise.reject(new Error('no connection'));
  await expect(pins.judge('a', broken)).rejects.toThrow('no connection');
  expect(await pins.judge('a', async () => 'right')).toBe('right');
});

test('of more envelopes than are remembered the oldest is judged anew', async () => {
  const { judge, asked } = judgeThat('wrong', 2);
  for (const envelope of ['a', 'b', 'c', 'a']) await judge(envelope);
  expect(asked()).toBe(4);
});
