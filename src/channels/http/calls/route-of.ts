import type { IncomingMessage } from 'node:http';
import type { Hono } from 'hono';

/** The routes of an app, as far as a path is looked up in them. */
export type Routes = Pick<Hono['router'], 'match'>;

/** The pattern of the route that a call takes, such as `/v1/holds/:id/void`; null for none. */
type RouteOf = (method: string, path: string) => string | null;

/** Finds the pattern of a call in the routes of these apps: the first that has one which is no "anything below". */
export function routeFinder(apps: readonly { readonly router?: Routes }[]): RouteOf {
  const routers = apps.map(({ router }) => router).filter((router) => router !== undefined);
  return (asked, path) => {
    const method = asked === 'HEAD' ? 'GET' : asked;
    for (const router of routers) {
      const pattern = patternIn(router, method, path);
      if (pattern !== undefined) return pattern;
    }
    return null;
  };
}

function patternIn(router: Routes, method: string, path: string): string | undefined {
  const [found] = router.match(method, path);
  return found.findLast(([[, { path: pattern }]]) => !pattern.endsWith('*'))?.[0][1].path;
}

/** What was found for the calls under way, so that nobody looks a second time. */
const taken = new WeakMap<IncomingMessage, string>();

export function keepRoute(incoming: IncomingMessage, route: string): void {
  taken.set(incoming, route);
}

/** The route that a call took; null for none, and for one that was refused before any was looked for. */
export function routeTaken(incoming: IncomingMessage): string | null {
  return taken.get(incoming) ?? null;
}
