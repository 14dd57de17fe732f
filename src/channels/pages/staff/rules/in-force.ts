import { type Effective, effectiveOn, groupedBy } from '#sectors/rules/effective.ts';

/** Whether a row of a tariff holds today, will, or has held. */
export type Force = 'now' | 'later' | 'past';

/** Marks each row of tariffs: of those of one thing that have begun, the latest is in force. */
export function withForce<Row extends Effective>(
  rows: readonly Row[],
  thingOf: (row: Row) => string,
  today: string,
): (Row & { readonly force: Force })[] {
  const dayInForce = new Map(
    [...groupedBy(rows, thingOf)].map(([thing, of]) => [thing, effectiveOn(of, today)?.effectiveFrom]),
  );
  const forceOf = (row: Row): Force => {
    if (row.effectiveFrom > today) return 'later';
    return row.effectiveFrom === dayInForce.get(thingOf(row)) ? 'now' : 'past';
  };
  return rows.map((row) => ({ ...row, force: forceOf(row) }));
}
