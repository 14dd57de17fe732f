import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupedBy } from '#sectors/rules/effective.ts';
import { type FareTables, fullFare, lineKey, stationKey } from './full-fare.ts';

const metro = { participantId: 1, line: 'R1' };
const metres = { A: 0, B: 3_000, C: 3_001, D: 12_000, E: 40_000 };
const steps = [
  { ...metro, effectiveFrom: '2026-01-01', upToM: 12_000, fareFen: 400n },
  { ...metro, effectiveFrom: '2026-01-01', upToM: 3_000, fareFen: 200n },
  { ...metro, effectiveFrom: '2026-01-01', upToM: 20_000, fareFen: 600n },
  { ...metro, effectiveFrom: '2027-01-01', upToM: 50_000, fareFen: 500n },
];
const flat = {
  participantId: 1,
  effectiveFrom: '2026-01-01',
  transferRate: '0.5',
  transferWindowMinutes: 60,
};
const tariffs = [
  { ...flat, line: '*', fareFen: 100n },
  { ...flat, line: 'B9', fareFen: 250n, transferRate: '0' },
];
const tables: FareTables = {
  tariffs: groupedBy(tariffs, (tariff) => lineKey(tariff.participantId, tariff.line)),
  distanceFares: groupedBy(steps, (step) => lineKey(step.participantId, step.line)),
  stations: new Map(
    Object.entries(metres).map(([station, distanceM]) => [stationKey(1, 'R1', station), distanceM]),
  ),
};
const fareOf = (
  trip: { line?: string; from?: string; to?: string; participantId?: number },
  day = '2026-11-22',
  of = tables,
) => {
  const fare = fullFare(of, { participantId: 1, line: 'R1', from: undefined, to: undefined, ...trip }, day);
  return typeof fare === 'string' ? fare : fare.fareFen;
};

describe('the full fare', () => {
  test.for([
    ['A', 'B', 200n],
    ['A', 'C', 400n],
    ['B', 'C', 200n],
    ['D', 'A', 400n],
    ['A', 'A', 200n],
    ['B', 'D', 400n],
  ] as const)(
    'from %s to %s it is %s: that of the step that holds the distance, either way',
    ([from, to, fare]) => {
      expect(fareOf({ from, to })).toBe(fare);
      expect(fareOf({ from: to, to: from })).toBe(fare);
    },
  );

  test('beyond the last step it is the highest', () => {
    expect(fareOf({ from: 'A', to: 'E' })).toBe(600n);
  });

  test.for([[{ from: 'A' }], [{ to: 'B' }], [{}]] as const)(
    'a trip of which only %j was seen pays the line’s highest step',
    ([trip]) => {
      expect(fareOf(trip)).toBe(600n);
    },
  );

  test.for([[{ from: 'A', to: 'X' }], [{ from: 'X', to: 'A' }], [{ from: 'X' }], [{ to: 'X' }]] as const)(
    'a station that the line has not (%j) is refused, and not guessed at',
    ([trip]) => {
      expect(fareOf(trip)).toBe('station-unknown');
    },
  );

  test('another day’s steps take the place of all earlier ones', () => {
    expect(fareOf({ from: 'A', to: 'B' }, '2027-01-01')).toBe(500n);
    expect(fareOf({}, '2027-01-01')).toBe(500n);
  });

  test('a line without steps has its flat fare, or that of every other line, whatever stations are said', () => {
    expect(fareOf({ line: 'B9' })).toBe(250n);
    expect(fareOf({ line: 'B7', from: 'A', to: 'X' })).toBe(100n);
    expect(fareOf({ from: 'A', to: 'B' }, '2025-12-31')).toBe('no-tariff');
    expect(fareOf({ participantId: 2 })).toBe('no-tariff');
  });

  test('a transfer to a line by distance pays the part that the flat tariff says, and all where there is none', () => {
    const trip = { participantId: 1, line: 'R1', from: 'A', to: 'B' };
    expect(fullFare(tables, trip, '2026-11-22')).toMatchObject({ fareFen: 200n, transferRate: '0.5' });
    const alone = { ...tables, tariffs: new Map() };
    expect(fullFare(alone, trip, '2026-11-22')).toEqual({
      fareFen: 200n,
      transferRate: '1',
      transferWindowMinutes: 0,
    });
  });

  test('no trip between stations of the line costs more than an incomplete one', () => {
    const station = fc.constantFrom(...Object.keys(metres));
    fc.assert(
      fc.property(station, station, (from, to) => {
        expect(fareOf({ from, to })).toBeLessThanOrEqual(fareOf({ from }) as bigint);
      }),
    );
  });
});
