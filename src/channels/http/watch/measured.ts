import type { OpenAPIHono } from '@hono/zod-openapi';
import type { HttpEnv } from '#channels/http/parts.ts';
import type { Metrics } from '#platform/metrics.ts';

/** The route of a request for which there is none. */
const noRoute = 'none';

/**
 * Counts and times every answer of an app that has all its routes. It stands around the app and not in it: a handler
 * for every path would be found for paths that there are not.
 */
export function measureRoutes(
  app: OpenAPIHono<HttpEnv>,
  parts: { readonly metrics: Pick<Metrics, 'httpAnswered'> },
): void {
  const fetch = app.fetch;
  app.fetch = async (request, ...more) => {
    const startedMs = performance.now();
    const response = await fetch(request, ...more);
    const seconds = (performance.now() - startedMs) / 1_000;
    parts.metrics.httpAnswered(routeOf(app, request), response.status, seconds);
    return response;
  };
}

/** The pattern of a request's route, never its path: paths have ids in them, and there is no end to them. */
function routeOf(app: OpenAPIHono<HttpEnv>, request: Request): string {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const [found] = app.router.match(method, app.getPath(request));
  return found.at(-1)?.[0][1].path ?? noRoute;
}
