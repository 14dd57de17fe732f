/** Where the pages live; every link and cookie of theirs begins with it. */
export const pagesRoot = '/holder';
/** Where a query password is changed: whoever has to do that first is led here. */
export const settingsPath = `${pagesRoot}/settings`;

const pathLengthMax = 200;
const ownPath = /^\/holder(?:[/?][A-Za-z0-9/?=&._-]*)?$/;

/**
 * The page a person goes back to: a path of ours, or the first page. What came in with the address may lead
 * anywhere ("//host", "/\host", "https:…"), so it is known by its letters and not by what it must not be.
 */
export function returnPath(asked: string | undefined): string {
  if (asked === undefined || asked.length > pathLengthMax || !ownPath.test(asked)) return pagesRoot;
  const climbs = asked.includes('//') || asked.includes('..');
  // These lead to themselves, or change something when they are asked for.
  const isWay = /^\/holder\/(sign-in|sign-out|view|assets)\b/.test(asked);
  return climbs || isWay ? pagesRoot : asked;
}

/** What our own links ask of which page. */
const asked: Readonly<Record<string, readonly string[]>> = {
  '': ['done'],
  '/history': ['before'],
  '/subsidies': ['before'],
  '/bills': ['before'],
  '/loss/confirm': ['kind'],
  '/mandate': ['done'],
  '/settings': ['done'],
  '/sign-in': ['back', 'expired', 'signed-out'],
};

/** The address of a page with what our links ask of it, and nothing else that somebody put there: it stands in links. */
export function shownPath(pathname: string, query: URLSearchParams): string {
  const names = asked[pathname.slice(pagesRoot.length)] ?? [];
  const own = new URLSearchParams([...query].filter(([name]) => names.includes(name)));
  return own.size === 0 ? pathname : `${pathname}?${own}`;
}
