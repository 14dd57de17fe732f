import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fen } from '#money/fen.ts';
import { type DayPaid, operatorsPerDayMax, payTowards, takeFrom, withinCap } from './cap.ts';

const cap = { participantId: 1, effectiveFrom: '2026-01-01', perDayFen: 1_000n };
const today = '2026-11-22';
const paid = (paidFen: bigint, day = today): DayPaid => ({ day, paid: [{ participantId: 1, paidFen }] });

describe('a cap of the day', () => {
  test.for([
    [0n, 300n, 300n],
    [700n, 300n, 300n],
    [800n, 300n, 200n],
    [1_000n, 300n, 0n],
    [1_200n, 300n, 0n],
  ] as const)('who has paid %s of 1,000 pays of a fare of %s only %s', ([before, fare, pays]) => {
    expect(withinCap(fen(fare), cap, { ...paid(before), today })).toBe(pays);
  });

  test('yesterday, and other operators, do not count; without a cap the fare is the fare', () => {
    expect(withinCap(fen(300), cap, { ...paid(1_000n, '2026-11-21'), today })).toBe(300n);
    const other = { ...cap, participantId: 2 };
    expect(withinCap(fen(300), other, { ...paid(1_000n), today })).toBe(300n);
    expect(withinCap(fen(3_000), undefined, { ...paid(1_000n), today })).toBe(3_000n);
  });

  test('what is paid is added up by operator, and begins anew with the day', () => {
    const two = payTowards(paid(200n), today, { participantId: 2, paidFen: 100n });
    expect(payTowards(two, today, { participantId: 1, paidFen: 50n }).paid).toEqual([
      { participantId: 1, paidFen: 250n },
      { participantId: 2, paidFen: 100n },
    ]);
    expect(payTowards(two, '2026-11-23', { participantId: 2, paidFen: 1n })).toEqual({
      day: '2026-11-23',
      paid: [{ participantId: 2, paidFen: 1n }],
    });
    expect(payTowards(two, '2026-11-23', { participantId: 2, paidFen: 0n })).toEqual(two);
  });

  test('so many operators are watched a day; one more takes the place of the one that was paid least', () => {
    let day: DayPaid = { day: today, paid: [] };
    for (let participantId = 1; participantId <= operatorsPerDayMax + 1; participantId++) {
      const paidFen = participantId === 3 ? 1n : 100n;
      day = payTowards(day, today, { participantId, paidFen });
    }
    expect(day.paid).toHaveLength(operatorsPerDayMax);
    expect(day.paid.map(({ participantId }) => participantId)).not.toContain(3);
  });

  test.for([
    [600n, 200n, today, 400n],
    [600n, 700n, today, 0n],
    [600n, 200n, '2026-11-21', 600n],
  ] as const)('of %s paid, %s taken back of %s leave %s', ([before, back, day, after]) => {
    expect(takeFrom(paid(before), day, { participantId: 1, paidFen: back }).paid[0]?.paidFen).toBe(after);
  });

  test('whatever is ridden and taken back, a day’s rides together never pass the cap', () => {
    const rides = fc.array(fc.record({ fare: fc.integer({ min: 1, max: 700 }), back: fc.boolean() }));
    fc.assert(
      fc.property(rides, (some) => {
        let day: DayPaid = { day: today, paid: [] };
        let sum = 0n;
        for (const { fare, back } of some) {
          const paidFen = withinCap(fen(fare), cap, { ...day, today });
          day = payTowards(day, today, { participantId: 1, paidFen });
          if (back) day = takeFrom(day, today, { participantId: 1, paidFen });
          else sum += paidFen;
          expect(sum).toBeLessThanOrEqual(cap.perDayFen);
          expect(day.paid[0]?.paidFen ?? 0n).toBe(sum);
        }
      }),
    );
  });
});
