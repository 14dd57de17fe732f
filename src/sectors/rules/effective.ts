/** A row of a tariff that holds from a day on, until a later row of the same thing. */
export interface Effective {
  /** "2026-11-22", in Hainan's time. */
  readonly effectiveFrom: string;
}

/** The row in force on a day: the latest that began on it or before. */
export function effectiveOn<Row extends Effective>(
  rows: readonly Row[] | undefined,
  day: string,
): Row | undefined {
  let found: Row | undefined;
  for (const row of rows ?? []) {
    if (row.effectiveFrom <= day && (found === undefined || row.effectiveFrom > found.effectiveFrom))
      found = row;
  }
  return found;
}

/** Groups rows by a key: how tariffs are kept in memory. */
export function groupedBy<Row>(rows: readonly Row[], key: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group === undefined) groups.set(key(row), [row]);
    else group.push(row);
  }
  return groups;
}
