import type { LaneMark, Place, Watermark } from './watermark.ts';

/** The open day of the books, and the one that was closed before it. */
export interface Today {
  readonly open: string;
  readonly lastClosed: string | null;
}

/** Closed days whose totals were wrong and are watched on; more are for `verify`. */
const wrongDaysMax = 7;

/**
 * The business days to watch, the open one last: a day that was closed since the last look is looked at once more to
 * its end. Where more than one was, or nobody looked before, the open day is counted from its begin.
 */
export function daysToWatch(kept: Watermark | null, { open, lastClosed }: Today): readonly string[] {
  const before = kept?.days.at(-1);
  if (kept === null || (before !== open && before !== lastClosed)) return [open];
  return [...new Set([...kept.days, open])].slice(-1 - wrongDaysMax);
}

export interface StartOptions {
  readonly days: readonly string[];
  /** Where each lane's chain stood before the first of these days. */
  readonly bases: ReadonlyMap<number, Place>;
}

/** Where a look begins, and whether what earlier looks summed is of no use to it. */
export interface Start {
  readonly mark: Watermark;
  readonly anew: boolean;
}

/** A look begins where the last one ended, as far as that is in the days that are watched. */
export function startFrom(kept: Watermark | null, { days, bases }: StartOptions): Start {
  const goesOn = kept !== null && days.includes(kept.days.at(-1) ?? '');
  const lanes = new Map<number, LaneMark>();
  for (const [lane, base] of bases) {
    const mark = goesOn ? kept.lanes.get(lane) : undefined;
    const fresh = { countedSequence: sequenceOf(base), chained: base, walked: base };
    lanes.set(lane, mark === undefined ? fresh : laterOf(mark, base, kept?.suspect === true));
  }
  const mark = {
    days,
    closedThrough: kept?.closedThrough ?? null,
    closedFen: kept?.closedFen ?? new Map(),
    lanes,
    holdsAfter: kept?.holdsAfter ?? null,
    suspect: goesOn && kept.suspect,
  };
  return { mark, anew: !goesOn };
}

/** What is gone through again begins with the days that are watched, unless a group before them is wrong. */
function laterOf(mark: LaneMark, base: Place, suspect: boolean): LaneMark {
  const isBehind = sequenceOf(mark.walked) < sequenceOf(base);
  return isBehind && !suspect ? { ...mark, walked: base } : mark;
}

export function sequenceOf(place: Place): bigint {
  return place?.sequence ?? 0n;
}
