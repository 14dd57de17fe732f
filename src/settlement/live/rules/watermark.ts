import type { ChainGroup } from '#settlement/rules/group-check.ts';

/** Where a lane's chain stands after a group; null before its first. */
export type Place = ChainGroup | null;

/** How far a lane was gone through. */
export interface LaneMark {
  /** The postings of its groups are summed up to this one. */
  readonly countedSequence: bigint;
  /** Its groups are recomputed up to this one. */
  readonly chained: Place;
  /** Groups that were recomputed before are recomputed again from here on. */
  readonly walked: Place;
}

/** A hold's place in the order in which open holds are looked at. */
export interface HoldPlace {
  readonly bucket: number;
  readonly accountId: bigint;
  readonly entryId: bigint;
}

/** How far the books were gone through when somebody last looked: all that the next look has to know. */
export interface Watermark {
  /** The business days whose totals are watched; the open one is the last. */
  readonly days: readonly string[];
  /** The closed days up to this one are in `closedFen` and not summed again. */
  readonly closedThrough: string | null;
  /** What the day totals of those days add up to, by kind of account. */
  readonly closedFen: ReadonlyMap<number, bigint>;
  readonly lanes: ReadonlyMap<number, LaneMark>;
  readonly holdsAfter: HoldPlace | null;
  /** Whether a group was found wrong: it is looked at again until it is right, and nothing after it. */
  readonly suspect: boolean;
}

type PlaceJson = readonly [string, string, number, string, string] | null;

/** The watermark as it is kept. Whole numbers may be larger than JSON's, so they are text. */
export function watermarkJson(mark: Watermark): string {
  return JSON.stringify({
    version: 1,
    days: mark.days,
    closedThrough: mark.closedThrough,
    closedFen: [...mark.closedFen].map(([kind, fen]) => [kind, String(fen)]),
    lanes: [...mark.lanes].map(([lane, { countedSequence, chained, walked }]) => [
      lane,
      String(countedSequence),
      placeJson(chained),
      placeJson(walked),
    ]),
    holdsAfter: mark.holdsAfter && {
      bucket: mark.holdsAfter.bucket,
      accountId: String(mark.holdsAfter.accountId),
      entryId: String(mark.holdsAfter.entryId),
    },
    suspect: mark.suspect,
  });
}

function placeJson(place: Place): PlaceJson {
  if (place === null) return null;
  const { sequence, firstId, outcomeCount, businessDate, hash } = place;
  return [String(sequence), String(firstId), outcomeCount, businessDate, hash.toString('hex')];
}

/** The watermark that was kept; null where there is none, or it is none of ours: then all is counted anew. */
export function readWatermark(kept: unknown): Watermark | null {
  const json = kept as Kept | null;
  if (json === null || typeof json !== 'object' || json.version !== 1) return null;
  try {
    return asWatermark(json);
  } catch {
    return null;
  }
}

interface Kept {
  readonly version: 1;
  readonly days: readonly string[];
  readonly closedThrough: string | null;
  readonly closedFen: readonly (readonly [number, string])[];
  readonly lanes: readonly (readonly [number, string, PlaceJson, PlaceJson])[];
  readonly holdsAfter: { bucket: number; accountId: string; entryId: string } | null;
  readonly suspect: boolean;
}

function asWatermark(json: Kept): Watermark {
  return {
    days: json.days.map(dayOf),
    closedThrough: json.closedThrough === null ? null : dayOf(json.closedThrough),
    closedFen: new Map(json.closedFen.map(([kind, fen]) => [kind, BigInt(fen)])),
    lanes: new Map(
      json.lanes.map(([lane, counted, chained, walked]) => [
        lane,
        {
          countedSequence: BigInt(counted),
          chained: placeOf(lane, chained),
          walked: placeOf(lane, walked),
        },
      ]),
    ),
    holdsAfter: json.holdsAfter && {
      bucket: json.holdsAfter.bucket,
      accountId: BigInt(json.holdsAfter.accountId),
      entryId: BigInt(json.holdsAfter.entryId),
    },
    suspect: json.suspect === true,
  };
}

function dayOf(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) throw new RangeError('not a day');
  return text;
}

function placeOf(lane: number, json: PlaceJson): Place {
  if (json === null) return null;
  const [sequence, firstId, outcomeCount, businessDate, hash] = json;
  return {
    lane,
    sequence: BigInt(sequence),
    firstId: BigInt(firstId),
    outcomeCount,
    businessDate: dayOf(businessDate),
    hash: Buffer.from(hash, 'hex'),
  };
}
