import type { Hono } from 'hono';
import type { RouteOf } from './note-calls.ts';

/** The routes of an app, as far as a path is looked up in them. */
export type Routes = Pick<Hono['router'], 'match'>;

/** Finds the pattern of a call in the routes of these apps: the first that has one which is no "anything below". */
export function routeFinder(apps: readonly { readonly router?: Routes }[]): RouteOf {
  return (method, path) => {
    for (const { router } of apps) {
      if (router === undefined) continue;
      const [found] = router.match(method === 'HEAD' ? 'GET' : method, path);
      const patterns = found.map(([[, route]]) => route.path);
      const pattern = patterns.findLast((one) => !one.endsWith('*'));
      if (pattern !== undefined) return pattern;
    }
    return null;
  };
}
