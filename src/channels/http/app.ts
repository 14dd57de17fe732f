import { OpenAPIHono } from '@hono/zod-openapi';
import { newRequestId, problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import { problemCatalogue } from '#channels/http/wire/problem-catalogue.ts';
import { addCardRoutes } from './card-routes.ts';
import { addDayRoutes } from './day-routes.ts';
import { addHealthRoutes } from './health-routes.ts';
import { openApiDocument } from './openapi.ts';
import type { HttpEnv, HttpParts } from './parts.ts';
import { addPostingRoutes } from './posting-routes.ts';

/** An app of another channel on the same port: whatever lies below its path is its own, problems too. */
export interface Mount {
  readonly path: string;
  readonly app: { fetch(request: Request, env: HttpEnv['Bindings']): Response | Promise<Response> };
}

/** The HTTP channel: wire formats end here. Of the apps beside it the first is what a person at "/" is led to. */
export function httpApp(parts: HttpParts, mounts: readonly Mount[] = []): OpenAPIHono<HttpEnv> {
  const app = new OpenAPIHono<HttpEnv>();
  addPostingRoutes(app, parts);
  addCardRoutes(app, parts);
  addDayRoutes(app, parts);
  addHealthRoutes(app, parts);
  const document = openApiDocument();
  app.get('/openapi.json', (c) => c.json(document));
  app.get('/problems', (c) => c.json(problemCatalogue));
  for (const mount of mounts) addMount(app, mount);
  const [front] = mounts;
  if (front !== undefined) app.get('/', (c) => c.redirect(front.path));
  app.notFound((c) => otherwise(c.req.method, allowedMethods(app, c.req.path)));
  app.onError((error) => {
    const requestId = newRequestId();
    parts.log.error('a request failed', { requestId, error });
    return problemResponse(problemOf('fault', { requestId }));
  });
  return app;
}

function addMount(app: OpenAPIHono<HttpEnv>, { path, app: mounted }: Mount): void {
  for (const pattern of [path, `${path}/*`]) app.all(pattern, (c) => mounted.fetch(c.req.raw, c.env));
}

/** The methods that a path has; none for a path that is not there. */
function allowedMethods(app: OpenAPIHono<HttpEnv>, path: string): string[] {
  const has = (method: string) => app.router.match(method, path)[0].length > 0;
  return [...(has('GET') ? ['GET', 'HEAD'] : []), ...(has('POST') ? ['POST'] : [])];
}

function otherwise(method: string, allowed: readonly string[]): Response {
  if (allowed.length === 0) return problemResponse(problemOf('not-found'));
  const headers = { allow: [...allowed, 'OPTIONS'].join(', ') };
  if (method === 'OPTIONS') return new Response(null, { status: 204, headers });
  return problemResponse(problemOf('method-not-allowed'), headers);
}
