import { describe, expect, test } from 'vitest';
import { driftCheck, driftOf, rolledUp } from './drift.ts';

const totals = new Map([
  [1, 500n],
  [2, -200n],
  [rolledUp, -300n],
]);

describe('drift', () => {
  test('is nothing where every kind of purse has what its day totals say', () => {
    const drift = driftOf(
      new Map([
        [1, 500n],
        [2, -200n],
      ]),
      totals,
    );
    expect(drift).toEqual({ driftFen: 0n, totalsFen: 0n, kinds: [] });
    expect(driftCheck(drift)).toEqual({ wrong: 0, amountFen: 0n });
  });

  test('is one fen where one balance is one fen off', () => {
    const drift = driftOf(
      new Map([
        [1, 501n],
        [2, -200n],
      ]),
      totals,
    );
    expect(drift).toEqual({
      driftFen: 1n,
      totalsFen: 0n,
      kinds: [{ kind: 'e-purse', balanceFen: 501n, totalFen: 500n }],
    });
    expect(driftCheck(drift)).toEqual({ wrong: 1, amountFen: 1n });
  });

  test('shows where two kinds are off and cancel out', () => {
    const drift = driftOf(
      new Map([
        [1, 499n],
        [2, -199n],
      ]),
      totals,
    );
    expect(drift.driftFen).toBe(0n);
    expect(driftCheck(drift)).toEqual({ wrong: 2, amountFen: 2n });
  });

  test('shows in the totals alone where a participant has more than the purses gave', () => {
    const drift = driftOf(
      new Map([
        [1, 500n],
        [2, -200n],
      ]),
      new Map([...totals, [rolledUp, -299n]]),
    );
    expect(drift).toMatchObject({ driftFen: 1n, totalsFen: 1n, kinds: [] });
    expect(driftCheck(drift)).toEqual({ wrong: 1, amountFen: 1n });
  });

  test('knows a kind that has totals and no purse, and one that is not in the chart', () => {
    const kinds = driftOf(new Map([[7, 4n]]), new Map([[3, 9n]])).kinds;
    expect(kinds).toEqual([
      { kind: 'medical', balanceFen: 0n, totalFen: 9n },
      { kind: 'unknown', balanceFen: 4n, totalFen: 0n },
    ]);
  });
});
