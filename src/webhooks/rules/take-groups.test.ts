import { describe, expect, test } from 'vitest';
import { takeGroups, type UnreadGroup } from './take-groups.ts';

type Place = readonly [lane: number, sequence: number, firstId: number];
const group = ([lane, sequence, firstId]: Place, over: Partial<UnreadGroup> = {}): UnreadGroup => ({
  ...{ lane, sequence: BigInt(sequence), firstId: BigInt(firstId), outcomeCount: 10 },
  ...{ businessDate: '2026-11-22', ...over },
});

describe('the groups that are read next', () => {
  test('are none where there are none', () => {
    expect(takeGroups([], 100)).toBeNull();
  });

  test('are one window a lane, over all its groups, whatever the order they came in', () => {
    const unread = [group([1, 8, 300]), group([0, 4, 100]), group([1, 7, 150]), group([0, 5, 200])];
    expect(takeGroups(unread, 100)).toEqual({
      windows: [
        { lane: 0, fromId: 100n, toId: 210n, sequence: 5n },
        { lane: 1, fromId: 150n, toId: 310n, sequence: 8n },
      ],
      firstDate: '2026-11-22',
      lastDate: '2026-11-22',
      more: false,
    });
  });

  test('are the oldest, as many as the bound allows, and the rest come in the next round', () => {
    const taken = takeGroups([group([0, 4, 100]), group([1, 7, 150]), group([0, 5, 200])], 25);
    expect(taken?.windows).toEqual([
      { lane: 0, fromId: 100n, toId: 110n, sequence: 4n },
      { lane: 1, fromId: 150n, toId: 160n, sequence: 7n },
    ]);
    expect(taken?.more).toBe(true);
  });

  test('are one at the least, however large it is', () => {
    const taken = takeGroups([group([0, 4, 100], { outcomeCount: 5_000 }), group([0, 5, 9_000])], 25);
    expect(taken?.windows).toEqual([{ lane: 0, fromId: 100n, toId: 5_100n, sequence: 4n }]);
  });

  test('name the days that they are of, over a cut-off', () => {
    const taken = takeGroups([group([0, 5, 200], { businessDate: '2026-11-23' }), group([0, 4, 100])], 100);
    expect([taken?.firstDate, taken?.lastDate]).toEqual(['2026-11-22', '2026-11-23']);
  });

  test('are a fault where a lane has a gap: something would never be told', () => {
    expect(() => takeGroups([group([0, 4, 100]), group([0, 6, 200])], 100)).toThrow('gap after group 4');
    expect(() => takeGroups([group([0, 4, 100]), group([0, 5, 105])], 100)).toThrow('gap');
  });
});
