/** Where the staff pages live; every link and cookie of theirs begins with it. */
export const staffRoot = '/staff';
/** Where a password is changed: whoever has to do that first is led here. */
export const passwordPath = `${staffRoot}/password`;
export const signInPath = `${staffRoot}/sign-in`;

const pathLengthMax = 400;
const ownPath = /^\/staff(?:[/?][A-Za-z0-9/?=&._%+:-]*)?$/;

/**
 * The page somebody goes back to after a sign-in, with its filter: a path of ours, or the first page. What came in with
 * the address may lead anywhere, so it is known by its letters and not by what it must not be.
 */
export function staffReturnPath(asked: string | undefined): string {
  if (asked === undefined || asked.length > pathLengthMax || !ownPath.test(asked)) return staffRoot;
  const climbs = asked.includes('//') || asked.includes('..');
  // These lead to themselves, change something when they are asked for, or are no page.
  const isWay = /^\/staff\/(sign-in|sign-out|view|assets)\b/.test(asked) || /\/(export|review)\b/.test(asked);
  return climbs || isWay ? staffRoot : asked;
}

/** A path with a query of these words, in their order; those without a value are left out. */
export function pathWith(path: string, query: Readonly<Record<string, string | null | undefined>>): string {
  const said = Object.entries(query).filter((pair): pair is [string, string] => (pair[1] ?? '') !== '');
  return said.length === 0 ? path : `${path}?${new URLSearchParams(said)}`;
}
