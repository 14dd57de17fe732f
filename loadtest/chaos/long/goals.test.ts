import { describe, expect, test } from 'vitest';
import { seededRandom } from '#testing/model/seeded-random.ts';
import { areReached, isAhead, isKillDue, pickPaced } from './goals.ts';

const goals = { payments: 1_000, kills: 100, paceSeconds: 3_600 };
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
    [33, 1, false],
    [1_800, 54, true],
    [1_800, 55, false],
    [3_300, 99, true],
  ] as const)('after %i s and %i kills the next kill is due: %s', ([seconds, kills, isDue]) => {
    expect(isKillDue(goals, { seconds, kills })).toBe(isDue);
  });

  test('payments are ahead when the last fifth of the time would not be needed for them', () => {
    expect(isAhead(goals, { seconds: 1_800, payments: 625 })).toBe(false);
    expect(isAhead(goals, { seconds: 1_800, payments: 626 })).toBe(true);
  });

  test('they are reached when enough was paid and each server was killed often enough', () => {
    expect(areReached(goals, { payments: 1_000, faults: allKilled(100) })).toBe(true);
    expect(areReached(goals, { payments: 999, faults: allKilled(100) })).toBe(false);
    expect(areReached(goals, { payments: 1_000, faults: allKilled(99) })).toBe(false);
    expect(areReached(goals, { payments: 1_000, faults: new Map() })).toBe(false);
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
