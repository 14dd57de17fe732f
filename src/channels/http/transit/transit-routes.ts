import type { OpenAPIHono } from '@hono/zod-openapi';
import { actorOf } from '#channels/http/bearer.ts';
import { admitStaffPost } from '#channels/http/desk/staff-post.ts';
import type { HttpContext, HttpEnv, HttpParts } from '#channels/http/parts.ts';
import { problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import { hainanDay } from '#platform/calendar.ts';
import { inTransaction, sessionOf } from '#platform/postgres.ts';
import { grantConcession } from '#sectors/transit/grant-concession.ts';
import { concessionBody } from './transit-openapi.ts';

/** What holders are granted for rides. For operators. */
export function addTransitRoutes(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  app.post('/v1/card-accounts/:id/concessions', (c) => postConcession(c, parts));
}

async function postConcession(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admitStaffPost(c, parts, { roles: ['operator'], schema: concessionBody });
  if ('code' in call) return problemResponse(call);
  const id = c.req.param('id') ?? '';
  if (!/^[1-9]\d{6,16}$/.test(id)) return problemResponse(problemOf('not-found'));
  const { category, from, to = null, reason } = call.body;
  const concession = {
    cardAccountId: BigInt(id),
    category,
    fromDay: from,
    toDay: to,
    grantedBy: actorOf(call.bearer),
    reason,
  };
  const today = hainanDay(Date.now());
  const granted = await inTransaction(parts.reports, (client) =>
    grantConcession(sessionOf(client), concession, today),
  );
  if (typeof granted === 'string') return problemResponse(problemOf(granted));
  const headers = granted.replay ? { 'idempotent-replayed': 'true' } : {};
  return c.json({ cardAccountId: id, category, from, to }, 200, headers);
}
