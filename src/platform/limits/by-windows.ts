import type { IdWindow } from '#platform/rules/id-windows.ts';

/** A page out of these windows in their order: as many are read as fill it. `read` gives a window's first rows, in order. */
export async function readByWindows<Row>(
  windows: readonly IdWindow[],
  limit: number,
  read: (window: IdWindow, limit: number) => Promise<readonly Row[]>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const window of windows) {
    rows.push(...(await read(window, limit - rows.length)));
    if (rows.length >= limit) break;
  }
  return rows;
}
