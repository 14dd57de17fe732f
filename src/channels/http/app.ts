import { OpenAPIHono } from '@hono/zod-openapi';
import { addBatchRoutes } from '#channels/http/batches/batch-routes.ts';
import { addBillRoutes } from '#channels/http/bills/bill-routes.ts';
import { addUtilityRoutes } from '#channels/http/bills/utility-routes.ts';
import type { Routes } from '#channels/http/calls/route-of.ts';
import { addLoadRoutes } from '#channels/http/loads/load-routes.ts';
import { addMedicalRoutes } from '#channels/http/medical/medical-routes.ts';
import { addFigureRoutes } from '#channels/http/participants/figures-routes.ts';
import { addHolderSignInRoutes } from '#channels/http/sign-in/holder-routes.ts';
import { addSessionRoutes } from '#channels/http/sign-in/session-routes.ts';
import { addAuditRoutes } from '#channels/http/staff/audit-routes.ts';
import { addCounterRoutes } from '#channels/http/staff/counter-routes.ts';
import { addKeyRoutes } from '#channels/http/staff/key-routes.ts';
import { addStaffRoutes } from '#channels/http/staff/staff-routes.ts';
import { addBooksRoutes } from '#channels/http/watch/books-routes.ts';
import { measureRoutes } from '#channels/http/watch/measured.ts';
import { addEndpointRoutes } from '#channels/http/webhooks/endpoint-routes.ts';
import { addMessageRoutes } from '#channels/http/webhooks/message-routes.ts';
import { failedAnswer } from '#channels/http/wire/answers.ts';
import { problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import { problemCatalogue } from '#channels/http/wire/problem-catalogue.ts';
import { addCardRoutes } from './card-routes.ts';
import { addCardLifeRoutes } from './cards/cards-routes.ts';
import { addHotListRoutes } from './cards/hot-list-routes.ts';
import { addDayRoutes } from './day-routes.ts';
import { addDeskRoutes } from './desk/desk-routes.ts';
import { addHealthRoutes } from './health-routes.ts';
import { openApiDocument } from './openapi.ts';
import type { HttpEnv, HttpParts } from './parts.ts';
import { respond } from './post.ts';
import { addPostingRoutes } from './posting-routes.ts';
import { addSubsidyRoutes } from './subsidies/subsidy-routes.ts';
import { addTransitRoutes } from './transit/transit-routes.ts';

/** An app of another channel on the same port: whatever lies below its path is its own, problems too. */
export interface Mount {
  readonly path: string;
  readonly app: {
    readonly router?: Routes;
    fetch(request: Request, env: HttpEnv['Bindings']): Response | Promise<Response>;
  };
}

/** The HTTP channel: wire formats end here. Of the apps beside it the first is what a person at "/" is led to. */
export function httpApp(parts: HttpParts, mounts: readonly Mount[] = []): OpenAPIHono<HttpEnv> {
  const app = new OpenAPIHono<HttpEnv>();
  addPostingRoutes(app, parts);
  addCardRoutes(app, parts);
  addCardLifeRoutes(app, parts);
  addHotListRoutes(app, parts);
  addDayRoutes(app, parts);
  addSessionRoutes(app, parts);
  addHolderSignInRoutes(app, parts);
  addStaffRoutes(app, parts);
  addKeyRoutes(app, parts);
  addCounterRoutes(app, parts);
  addAuditRoutes(app, parts);
  addDeskRoutes(app, parts);
  addTransitRoutes(app, parts);
  addMedicalRoutes(app, parts);
  addLoadRoutes(app, parts);
  addBillRoutes(app, parts);
  addUtilityRoutes(app, parts);
  addSubsidyRoutes(app, parts);
  addBatchRoutes(app, parts);
  addBooksRoutes(app, parts);
  addFigureRoutes(app, parts);
  addEndpointRoutes(app, parts);
  addMessageRoutes(app, parts);
  addHealthRoutes(app, parts);
  const document = openApiDocument();
  app.get('/openapi.json', (c) => c.json(document));
  app.get('/problems', (c) => c.json(problemCatalogue));
  for (const mount of mounts) addMount(app, mount);
  const [front] = mounts;
  if (front !== undefined) app.get('/', (c) => c.redirect(front.path));
  app.notFound((c) => otherwise(c.req.method, allowedMethods(app, c.req.path)));
  app.onError((error, c) =>
    respond(failedAnswer(parts.log, error, { isRead: ['GET', 'HEAD'].includes(c.req.method) })),
  );
  measureRoutes(app, { metrics: parts.metrics, mounted: mounts.map((mount) => mount.app) });
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
