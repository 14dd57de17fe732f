/**
 * Throws for a page that nobody may ask a store for. One row more than a page shows may be read: it says whether there
 * is another page.
 */
export function requirePageLimit(limit: number, shownMax: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > shownMax + 1)
    throw new RangeError('a page outside its limit');
}
