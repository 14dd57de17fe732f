/** A bar of a bench: what is wanted, what was found, and whether that is enough. */
export interface FoundBar {
  readonly says: string;
  readonly wanted: string;
  readonly found: string;
  readonly met: boolean;
}

/** Bars as a table of Markdown, which is readable as it is. */
export function barLines(bars: readonly FoundBar[]): string[] {
  return [
    '| bar | wanted | found | |',
    '|---|---|---|---|',
    ...bars.map(
      ({ says, wanted, found, met }) => `| ${says} | ${wanted} | ${found} | ${met ? 'met' : 'missed'} |`,
    ),
  ];
}

/** At least, or at most, so much of a figure. */
export function bar(
  says: string,
  value: number,
  limit: ({ readonly atLeast: number } | { readonly atMost: number }) & {
    readonly unit: string;
    readonly digits?: number;
  },
): FoundBar {
  const { unit, digits = 0 } = limit;
  const show = (figure: number) => `${figure.toFixed(digits)} ${unit}`;
  return 'atLeast' in limit
    ? { says, wanted: `≥ ${show(limit.atLeast)}`, found: show(value), met: value >= limit.atLeast }
    : { says, wanted: `≤ ${show(limit.atMost)}`, found: show(value), met: value <= limit.atMost };
}
