import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fareOf, noWindow, type Tariff } from './fare.ts';

const tariff: Tariff = {
  participantId: 1,
  line: '*',
  effectiveFrom: '2026-01-01',
  fareFen: 201n,
  transferRate: '0.5',
  transferWindowMinutes: 60,
};
const hourMs = 3_600_000;
const first = { tappedAtMs: 1_000_000, entryId: 1n };
const at = (afterMs: number) => ({ tappedAtMs: first.tappedAtMs + afterMs, entryId: 2n });

describe('what a tap costs', () => {
  test('the first tap pays in full and opens the transfer', () => {
    expect(fareOf(first, tariff, undefined)).toEqual({ amountFen: 201n, tap: first });
  });

  test.for([
    [1, 100n],
    [hourMs, 100n],
    [hourMs + 1, 201n],
    [24 * hourMs, 201n],
  ] as const)(
    'a change %i ms after it pays %s fen: half within the hour, rounded down',
    ([afterMs, amount]) => {
      expect(fareOf(at(afterMs), tariff, first).amountFen).toBe(amount);
    },
  );

  test('a transfer is used up by one ride: it opens none, and the next tap pays in full', () => {
    expect(fareOf(at(1), tariff, first).tap).toBeNull();
    const used = { ...noWindow, entryId: 2n };
    expect(fareOf(at(2), tariff, used)).toEqual({ amountFen: 201n, tap: at(2) });
  });

  test('a full fare after the hour opens the next transfer', () => {
    expect(fareOf(at(2 * hourMs), tariff, first).tap).toEqual(at(2 * hourMs));
  });

  test('a window of no minutes is no window: two taps of one moment pay in full twice', () => {
    const none = { ...tariff, transferWindowMinutes: 0 };
    expect(fareOf(at(0), none, first).amountFen).toBe(201n);
  });

  test('a rate of nought is a free transfer, a rate of one is none', () => {
    expect(fareOf(at(1), { ...tariff, transferRate: '0' }, first)).toEqual({ amountFen: 0n, tap: null });
    expect(fareOf(at(1), { ...tariff, transferRate: '1' }, first).amountFen).toBe(201n);
  });

  test('a chain of rides pays full and reduced in turn, as long as each change is within the hour', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: hourMs / 4 }), { maxLength: 12 }), (pauses) => {
        let last = fareOf(first, tariff, undefined).tap ?? undefined;
        let now = first.tappedAtMs;
        pauses.forEach((pause, ride) => {
          now += pause;
          const tap = { tappedAtMs: now, entryId: BigInt(ride + 2) };
          const fare = fareOf(tap, tariff, last);
          expect(fare.amountFen).toBe(ride % 2 === 0 ? 100n : 201n);
          last = fare.tap ?? { ...noWindow, entryId: tap.entryId };
        });
      }),
    );
  });
});
