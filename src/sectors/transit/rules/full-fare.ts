import { type Effective, effectiveOn } from '#sectors/rules/effective.ts';
import type { Tariff } from './fare.ts';

/** Where a station of a line stands, in metres from the line's beginning. */
export interface Station {
  readonly participantId: number;
  readonly line: string;
  readonly station: string;
  readonly distanceM: number;
}

/** A step of a line's fares by distance: what a ride of up to so many metres costs. */
export interface DistanceFare extends Effective {
  readonly participantId: number;
  readonly line: string;
  readonly upToM: number;
  readonly fareFen: bigint;
}

/** What a ride says of itself. A gate sends where it began and ended; what is missing was not seen. */
export interface Trip {
  readonly participantId: number;
  readonly line: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** Fares as they are kept in memory. */
export interface FareTables {
  readonly tariffs: ReadonlyMap<string, readonly Tariff[]>;
  readonly distanceFares: ReadonlyMap<string, readonly DistanceFare[]>;
  /** Metres by station. */
  readonly stations: ReadonlyMap<string, number>;
}

export const lineKey = (participantId: number, line: string) => `${participantId} ${line}`;
export const stationKey = (participantId: number, line: string, station: string) =>
  `${participantId} ${line} ${station}`;

/** What a ride costs in full, and what a transfer to it pays of that. */
export type FullFare = Pick<Tariff, 'fareFen' | 'transferRate' | 'transferWindowMinutes'>;

/**
 * The full fare of a trip: by distance where the line has such fares in force, else the line's flat fare, else
 * that of every other line. The transfer's terms are those of the flat tariff in either case.
 */
export function fullFare(
  tables: FareTables,
  trip: Trip,
  day: string,
): FullFare | 'no-tariff' | 'station-unknown' {
  const { participantId, line } = trip;
  const tariff =
    effectiveOn(tables.tariffs.get(lineKey(participantId, line)), day) ??
    effectiveOn(tables.tariffs.get(lineKey(participantId, '*')), day);
  const steps = stepsOn(tables.distanceFares.get(lineKey(participantId, line)), day);
  if (steps.length === 0) return tariff ?? 'no-tariff';
  const fareFen = distanceFareFen(tables, trip, steps);
  if (fareFen === null) return 'station-unknown';
  const { transferRate = '1', transferWindowMinutes = 0 } = tariff ?? {};
  return { fareFen, transferRate, transferWindowMinutes };
}

/** The steps in force on a day, the nearest first: all that began on the latest day up to it. */
function stepsOn(fares: readonly DistanceFare[] | undefined, day: string): DistanceFare[] {
  const since = effectiveOn(fares, day)?.effectiveFrom;
  if (fares === undefined || since === undefined) return [];
  return fares.filter((fare) => fare.effectiveFrom === since).sort((a, b) => a.upToM - b.upToM);
}

/** The step that holds the distance; the highest for an incomplete trip. Null for a station that the line has not. */
function distanceFareFen(
  { stations }: Pick<FareTables, 'stations'>,
  { participantId, line, from, to }: Trip,
  steps: readonly DistanceFare[],
): bigint | null {
  const highest = steps.reduce((most, { fareFen }) => (fareFen > most ? fareFen : most), 0n);
  const ends = [from, to].filter((station) => station !== undefined);
  const metres = ends.map((station) => stations.get(stationKey(participantId, line, station)));
  const [start, end] = metres;
  if (metres.includes(undefined)) return null;
  if (start === undefined || end === undefined) return highest;
  const distanceM = Math.abs(end - start);
  // Beyond the last step nothing is dearer than the dearest: a table that ends early harms nobody.
  return steps.find((step) => step.upToM >= distanceM)?.fareFen ?? highest;
}
