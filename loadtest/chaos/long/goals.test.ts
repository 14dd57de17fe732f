import { describe, expect, test } from 'vitest';
import { seededRandom } from '#testing/model/seeded-random.ts';
import { areReached, isKillDue, pickPaced } from './goals.ts';

const goals = { approved: 1_000, kills: 100, paceSeconds: 3_600 };
const allKilled = (kills: number) =>
  new Map([
    ['service kill', kills],
    ['postgres kill', 100],
    ['redis kill', 100],
  ]);

describe('the goals of a long run', () => {
  test.for([
    [0, 0, false],
    [33, 0, true],
    [33, 2, false],
    [1_800, 54, true],
    [1_800, 55, false],
    [3_300, 100, true],
  ] as const)('after %i s and %i kills the next kill is due: %s', ([seconds, kills, isDue]) => {
    expect(isKillDue(goals, { seconds, kills })).toBe(isDue);
  });

  test('they are reached when enough was approved and each server was killed often enough', () => {
    expect(areReached(goals, { approved: 1_000, faults: allKilled(100) })).toBe(true);
    expect(areReached(goals, { approved: 999, faults: allKilled(100) })).toBe(false);
    expect(areReached(goals, { approved: 1_000, faults: allKilled(99) })).toBe(false);
    expect(areReached(goals, { approved: 1_000, faults: new Map() })).toBe(false);
  });

  test('a server is killed when its kill is due, and never before', () => {
    const faults = [{ name: 'redis kill' }, { name: 'redis flush' }, { name: 'redis freeze' }];
    const random = seededRandom(1);
    const picked = (isDue: boolean) =>
      Array.from({ length: 200 }, () => pickPaced(faults, random, () => isDue).name);
    expect(new Set(picked(true))).toEqual(new Set(['redis kill']));
    expect(new Set(picked(false))).toEqual(new Set(['redis flush', 'redis freeze']));
  });
});
