/** Ids are what a bigint column holds; a page that begins at the newest row is what lies below this. */
export const idMax = 9_223_372_036_854_775_807n;

/**
 * Rows turned into PostgreSQL array literals, one per column: one parameter carries a column of a whole
 * group, so the number of statements never depends on the group's size (facts: arrays as text literals).
 */
export function numberColumn<Row>(rows: readonly Row[], value: (row: Row) => number | bigint | null): string {
  let text = '{';
  for (let i = 0; i < rows.length; i++) {
    if (i > 0) text += ',';
    text += value(rows[i] as Row) ?? 'NULL';
  }
  return `${text}}`;
}

/** For codes, keys and dates: nothing that needs a quote. A value outside this alphabet is a fault of ours. */
export function codeColumn<Row>(rows: readonly Row[], value: (row: Row) => string | null): string {
  let text = '{';
  for (let i = 0; i < rows.length; i++) {
    if (i > 0) text += ',';
    text += value(rows[i] as Row) ?? 'NULL';
  }
  return `${text}}`;
}

/** For text from outside: always quoted, quotes and backslashes escaped. */
export function textColumn<Row>(rows: readonly Row[], value: (row: Row) => string | null): string {
  let text = '{';
  for (let i = 0; i < rows.length; i++) {
    if (i > 0) text += ',';
    const item = value(rows[i] as Row);
    text += item === null ? 'NULL' : `"${item.replace(/["\\]/g, '\\$&')}"`;
  }
  return `${text}}`;
}
