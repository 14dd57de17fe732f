/** A piece of a list that is kept in memory: sorted by its keys, after the key of the piece before. */
export function pieceOf<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Row[] {
  const keyed = rows
    .map((row) => [keyOf(row), row] as const)
    .filter(([key]) => after === null || key > after);
  keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return keyed.slice(0, limit).map(([, row]) => row);
}
