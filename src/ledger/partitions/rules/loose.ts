/** What PostgreSQL says of an index. */
export interface IndexSize {
  readonly rows: number;
  readonly bytes: number;
  /** The key: 8 for an id, 16 for a key of a request. */
  readonly keyBytes: number;
}

/** An index tuple's head and its place in the page. */
const tupleBytes = 8 + 4;
const pageBytes = 8_192;
/** A page's head and the place of its neighbours. */
const pageHeadBytes = 24 + 16;
/** Below this packing saves nothing that anybody would notice. */
const smallBytes = 4 * 1024 * 1024;
/** So much air at the most: what grows at many places leaves its pages half to two thirds full. */
const looseFrom = 1.25;

/**
 * How full an index is written anew, in percent. What has its end at the end of all, or of each terminal, is never
 * added to before it, and is packed full. Where new keys fall anywhere, full pages would all be split by the next
 * hundredth of rows: with this much room they take a sixth more before they are loose again.
 */
export const fillPercents = { atEnds: 100, anywhere: 85 } as const;

/** Whether an index that never shrinks has become so loose that it is worth writing anew. */
export function isLoose({ rows, bytes, keyBytes }: IndexSize): boolean {
  if (bytes < smallBytes || rows <= 0) return false;
  return bytes > looseFrom * packedBytes(rows, keyBytes);
}

/** What so many keys take in full pages. */
export function packedBytes(rows: number, keyBytes: number): number {
  const onPage = Math.floor((pageBytes - pageHeadBytes) / (keyBytes + tupleBytes));
  return Math.ceil(rows / onPage) * pageBytes;
}
