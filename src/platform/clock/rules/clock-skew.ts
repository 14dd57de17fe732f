/** One look at the database's clock: ours before and after, its in between. */
export interface ClockSample {
  readonly sentMs: number;
  readonly databaseMs: number;
  readonly receivedMs: number;
}

/** How far our clock is ahead of the database's (negative: behind), and how sure that is. */
export interface ClockSkew {
  readonly skewMs: number;
  /** Half the round trip: the answer was written at some moment of it. */
  readonly unsureMs: number;
}

/** Of several looks the quickest is the surest. A clock that was set in between makes a look worthless. */
export function clockSkew(samples: readonly ClockSample[]): ClockSkew | null {
  const skews = samples
    .filter(({ sentMs, receivedMs }) => receivedMs >= sentMs)
    .map(({ sentMs, databaseMs, receivedMs }) => ({
      skewMs: (sentMs + receivedMs) / 2 - databaseMs,
      unsureMs: (receivedMs - sentMs) / 2,
    }));
  return skews.sort((a, b) => a.unsureMs - b.unsureMs)[0] ?? null;
}

/** Whether the clock is wrong beyond doubt: a slow network is not a wrong clock. */
export function isBeyond({ skewMs, unsureMs }: ClockSkew, maxMs: number): boolean {
  return Math.abs(skewMs) - unsureMs > maxMs;
}

/** "3.2 s ahead of", "0.4 s behind": for a sentence. */
export function skewInWords({ skewMs }: ClockSkew): string {
  return `${(Math.abs(skewMs) / 1000).toFixed(1)} s ${skewMs < 0 ? 'behind' : 'ahead of'}`;
}
