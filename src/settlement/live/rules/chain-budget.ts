/** What of a chain is gone through: groups that are new, or again those that were recomputed before. */
export type ChainPart = 'new' | 'again';

/** A page that was recomputed. */
export interface PageDone {
  readonly part: ChainPart;
  readonly pageMs: number;
  /** What is left of the time for this part; a look that rested longer would come later and later, and its lamp go stale. */
  readonly leftMs: number;
}

/** How long a look may go through groups, its rests between pages counted. */
export interface ChainBudget {
  readonly newMs: number;
  readonly againMs: number;
  /** Waits after a page; false where the look is to end. Without it a look has the process to itself. */
  readonly rest?: (page: PageDone) => Promise<boolean>;
}

/** The shares of the time from one look to the next in which pages and rests take turns. */
const spans = { new: 0.4, again: 0.2 } as const;

export function chainSpans(pauseMs: number): Pick<ChainBudget, 'newMs' | 'againMs'> {
  return { newMs: pauseMs * spans.new, againMs: pauseMs * spans.again };
}

/** Of these spans, what pages may take: half at leisure, a fiftieth where payments need the process. */
const shares = { leisure: 0.5, busy: 0.02 } as const;
/** From this share of its time on, the process is busy with payments. */
const busyFrom = 0.75;
/** Groups that are gone through again can wait longer than new ones. */
const againIsRarer = 5;

/**
 * How long to rest after a page, by how busy the process was since the last one (0 to 1). It is asked after every page:
 * a look that began at leisure makes room as soon as payments come.
 */
export function restAfter({ part, pageMs, leftMs }: PageDone, utilization: number): number {
  const idle = Math.max(0, 1 - utilization / busyFrom);
  const share = shares.busy + (shares.leisure - shares.busy) * idle;
  return Math.min(leftMs, pageMs * ((part === 'again' ? againIsRarer : 1) / share - 1));
}
