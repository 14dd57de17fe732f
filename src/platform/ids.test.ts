import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstIdAt, firstIdOfGroup, idLane, idsPerGroupMax, idTimeMs, laneMax } from './ids.ts';

const epochMs = Date.UTC(2025, 0, 1);
const lane = fc.integer({ min: 0, max: laneMax });
const moment = fc.integer({ min: epochMs + 2, max: Date.UTC(2090, 0, 1) });
const place = fc.integer({ min: 0, max: idsPerGroupMax - 1 });

describe('ids of entries', () => {
  test('an id tells its time and its lane, whatever its place in the group', () => {
    fc.assert(
      fc.property(lane, moment, place, (number, nowMs, at) => {
        const id = firstIdOfGroup(number, nowMs, 0n) + BigInt(at);
        expect(idTimeMs(id)).toBe(nowMs);
        expect(idLane(id)).toBe(number);
      }),
    );
  });

  test('what was given before a moment has a smaller id, what is given at it or after has not', () => {
    fc.assert(
      fc.property(lane, moment, (number, nowMs) => {
        const id = firstIdOfGroup(number, nowMs, 0n);
        expect(id >= firstIdAt(nowMs)).toBe(true);
        expect(id + BigInt(idsPerGroupMax - 1) < firstIdAt(nowMs + 1)).toBe(true);
      }),
    );
  });

  test('a group begins after every id that was seen, also when the clock stands still or runs back', () => {
    fc.assert(
      fc.property(fc.tuple(lane, moment, place), fc.tuple(lane, moment), (then, now) => {
        const seen = firstIdOfGroup(then[0], then[1], 0n) + BigInt(then[2]);
        const first = firstIdOfGroup(now[0], now[1], seen);
        expect(first).toBeGreaterThan(seen);
        expect(idLane(first)).toBe(now[0]);
        expect(idTimeMs(first)).toBe(Math.max(now[1], then[1] + 1));
      }),
    );
  });

  test('two lanes never give the same id, even at the same moment', () => {
    fc.assert(
      fc.property(lane, lane, moment, (a, b, nowMs) => {
        fc.pre(a < b);
        const lastOfA = firstIdOfGroup(a, nowMs, 0n) + BigInt(idsPerGroupMax - 1);
        expect(firstIdOfGroup(b, nowMs, 0n)).toBeGreaterThan(lastOfA);
      }),
    );
  });

  test('the groups of a lane never share an id, however full they are', () => {
    let next = 0n;
    for (let group = 0; group < 100; group++) {
      const first = firstIdOfGroup(3, epochMs, next);
      expect(first).toBeGreaterThanOrEqual(next);
      next = first + BigInt(idsPerGroupMax);
    }
  });

  test('an id is a positive 64-bit number until 2090', () => {
    const last = firstIdOfGroup(laneMax, Date.UTC(2090, 0, 1), 0n) + BigInt(idsPerGroupMax - 1);
    expect(last).toBeLessThan(2n ** 63n);
    expect(firstIdOfGroup(0, epochMs, 0n)).toBeGreaterThan(0n);
  });

  test.for([-1, laneMax + 1])('lane %i is a fault', (wrong) => {
    expect(() => firstIdOfGroup(wrong, epochMs, 0n)).toThrow(RangeError);
  });
});
