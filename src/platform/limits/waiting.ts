/** How much waits for people, and since when the oldest of it does. */
export interface Waiting {
  /** Counted up to `waitingCountMax`: then it is that many or more. */
  readonly count: number;
  readonly oldestAt: Date | null;
}

/** More than this is not counted on: it is far too much either way, and counting it costs. */
export const waitingCountMax = 10_000;

/** Counts what a select of one column, the moment since when it waits, finds. */
export function waitingSql(select: string): string {
  return `select count(*)::int, min(w.since) from (${select} limit ${waitingCountMax}) w(since)`;
}

export function waitingOf(rows: readonly (readonly unknown[])[]): Waiting {
  const [count, oldestAt] = rows[0] ?? [];
  return {
    count: (count as number | undefined) ?? 0,
    oldestAt: (oldestAt as Date | null | undefined) ?? null,
  };
}
