import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fen } from '#money/fen.ts';
import { type AgentDay, giveBackLimit, useLimit } from './agent.ts';

const noonMs = Date.UTC(2026, 10, 22, 4);
const nextNoonMs = noonMs + 86_400_000;
const agent: AgentDay = { perDayFen: 1_000n, day: '2026-11-22', usedFen: fen(400) };
const load = (amount: number, nowMs = noonMs) => ({ amountFen: fen(amount), nowMs });

describe('an agent’s limit', () => {
  test('may be reached exactly and not passed by a fen', () => {
    expect(useLimit(load(600), agent)).toEqual({ ...agent, usedFen: 1_000n });
    expect(useLimit(load(601), agent)).toBe('over-agent-limit');
  });

  test('begins anew with the day in Hainan', () => {
    expect(useLimit(load(1_000, nextNoonMs), agent)).toEqual({
      ...agent,
      day: '2026-11-23',
      usedFen: 1_000n,
    });
    const justAfterMidnightMs = Date.UTC(2026, 10, 22, 16);
    expect(useLimit(load(1_000, justAfterMidnightMs), agent)).toMatchObject({ day: '2026-11-23' });
  });

  test('a bank has none', () => {
    expect(useLimit(load(1_000_000), undefined)).toBeNull();
    expect(giveBackLimit({ amountFen: fen(1), loadedAtMs: noonMs }, undefined)).toBeNull();
  });

  test('what is taken back on its day may be loaded again; a day later it changes nothing', () => {
    expect(giveBackLimit({ amountFen: fen(300), loadedAtMs: noonMs }, agent)).toEqual({
      ...agent,
      usedFen: 100n,
    });
    expect(giveBackLimit({ amountFen: fen(300), loadedAtMs: nextNoonMs }, agent)).toBeNull();
    expect(giveBackLimit({ amountFen: fen(500), loadedAtMs: noonMs }, agent)).toMatchObject({ usedFen: 0n });
  });

  test('is never passed by however many loads and returns of a day', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 600 }), fc.boolean())), (steps) => {
        let day: AgentDay = { ...agent, usedFen: fen(0) };
        let sum = 0n;
        for (const [amount, isReturned] of steps) {
          const after = useLimit(load(amount), day);
          if (after === null || typeof after === 'string') continue;
          day = after;
          sum += BigInt(amount);
          if (isReturned) {
            day = giveBackLimit({ amountFen: fen(amount), loadedAtMs: noonMs }, day) ?? day;
            sum -= BigInt(amount);
          }
          expect(day.usedFen).toBe(sum);
          expect(sum).toBeLessThanOrEqual(agent.perDayFen);
        }
      }),
    );
  });
});
