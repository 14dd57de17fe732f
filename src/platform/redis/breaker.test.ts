import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BreakerState, circuitBreaker } from './breaker.ts';

function openBreaker() {
  const states: BreakerState[] = [];
  const breaker = circuitBreaker({ failuresMax: 3, openMs: 5_000, onState: (state) => states.push(state) });
  return { breaker, states };
}

describe('the breaker', () => {
  test('opens at the third failure in a row, and not before', () => {
    const { breaker, states } = openBreaker();
    breaker.failed(0);
    breaker.failed(1);
    expect([breaker.admits(2), states]).toEqual([true, []]);
    breaker.failed(2);
    expect([breaker.admits(3), states]).toEqual([false, ['open']]);
  });

  test('forgets failures at a success', () => {
    const { breaker, states } = openBreaker();
    for (let i = 0; i < 10; i++) {
      breaker.failed(i);
      breaker.failed(i);
      breaker.succeeded();
    }
    expect(states).toEqual([]);
  });

  test.each([
    [4_999, false],
    [5_000, true],
  ])('%i ms after it opened, admits a try: %s', (afterMs, admits) => {
    const { breaker } = openBreaker();
    for (let i = 0; i < 3; i++) breaker.failed(0);
    expect(breaker.admits(afterMs)).toBe(admits);
  });

  test('lets one try through, and nobody else until it is answered', () => {
    const { breaker, states } = openBreaker();
    for (let i = 0; i < 3; i++) breaker.failed(0);
    expect([breaker.admits(5_000), breaker.admits(5_000), breaker.admits(60_000)]).toEqual([
      true,
      false,
      false,
    ]);
    breaker.succeeded();
    expect(breaker.admits(5_001)).toBe(true);
    expect(states).toEqual(['open', 'half-open', 'closed']);
  });

  test('opens again at once when the one try fails', () => {
    const { breaker, states } = openBreaker();
    for (let i = 0; i < 3; i++) breaker.failed(0);
    breaker.admits(5_000);
    breaker.failed(5_000);
    expect([breaker.admits(9_999), breaker.admits(10_000)]).toEqual([false, true]);
    expect(states).toEqual(['open', 'half-open', 'open', 'half-open']);
  });

  test('never costs more than three failures and one try per five seconds, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 2_000 }), { minLength: 1, maxLength: 200 }), (waits) => {
        const { breaker } = openBreaker();
        let [nowMs, calls] = [0, 0];
        for (const wait of waits) {
          nowMs += wait;
          if (!breaker.admits(nowMs)) continue;
          calls += 1;
          breaker.failed(nowMs);
        }
        expect(calls).toBeLessThanOrEqual(3 + nowMs / 5_000);
      }),
    );
  });
});
