/** A lamp that nobody computed for so many looks says nothing about the books any more. */
export const looksUntilStale = 4;

/**
 * Red where anything is wrong, however old: a watcher that died on wrong books does not make them right. Stale where
 * nothing was wrong when somebody last looked, which is too long ago.
 */
export function lampState(of: {
  readonly checks: readonly { readonly wrong: number }[];
  readonly driftFen: bigint;
  readonly ageMs: number;
  /** From the begin of one look to the begin of the next. */
  readonly pauseMs: number;
}): 'green' | 'red' | 'stale' {
  if (of.driftFen !== 0n || of.checks.some((check) => check.wrong > 0)) return 'red';
  return of.ageMs > looksUntilStale * of.pauseMs ? 'stale' : 'green';
}

/** A look may take at most this share of the time: large books are looked at more seldom, and say so. */
const shareMax = 1 / 20;

/** How long after the begin of a look the next one is due. */
export function pauseAfter(lookMs: number, pauseMs: number): number {
  return Math.max(pauseMs, Math.ceil(lookMs / shareMax));
}
