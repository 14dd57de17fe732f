import type { OpenAPIHono } from '@hono/zod-openapi';
import { keepRoute, type Routes, routeFinder } from '#channels/http/calls/route-of.ts';
import type { HttpEnv } from '#channels/http/parts.ts';
import type { Metrics } from '#platform/metrics.ts';

/** The route of a request for which there is none. */
const noRoute = 'none';

export interface ToMeasure {
  readonly metrics: Pick<Metrics, 'httpAnswered'>;
  /** Apps of other channels on the same port: their pages are named by their own routes. */
  readonly mounted: readonly { readonly router?: Routes }[];
}

/**
 * Counts and times every answer of an app that has all its routes, by the pattern of its route and never by its path:
 * paths have ids in them, and there is no end to them. It stands around the app and not in it: a handler for every path
 * would be found for paths that there are not. The line of a call in the log has the route from here.
 */
export function measureRoutes(app: OpenAPIHono<HttpEnv>, { metrics, mounted }: ToMeasure): void {
  const fetch = app.fetch;
  const routeOf = routeFinder([app, ...mounted]);
  app.fetch = async (request, env, ...more) => {
    const startedMs = performance.now();
    const route = routeOf(request.method, app.getPath(request));
    const incoming = (env as HttpEnv['Bindings'] | undefined)?.incoming;
    if (route !== null && incoming !== undefined) keepRoute(incoming, route);
    const response = await fetch(request, env, ...more);
    metrics.httpAnswered(route ?? noRoute, response.status, (performance.now() - startedMs) / 1_000);
    return response;
  };
}
