import type { OpenAPIHono } from '@hono/zod-openapi';
import { actorOf, admitRole } from '#channels/http/bearer.ts';
import { admitAndRead } from '#channels/http/bearer-call.ts';
import type { HttpContext, HttpEnv, HttpParts } from '#channels/http/parts.ts';
import { problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import { bucketOf } from '#ledger/rules/accounts.ts';
import { resumeOrder } from '#load-orders/resume.ts';
import { findFailedOrders, findOrder } from '#load-orders/store.ts';
import { loadJson } from './load-json.ts';
import { resumptionBody } from './load-schemas.ts';

const pageMax = 100;

/** Loads that stopped between the bank and the purse: people look at them, and take them up again. */
export function addFailedLoadRoutes(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  app.get('/v1/load-orders/failed', (c) => list(c, parts));
  app.post('/v1/load-orders/resumptions', (c) => resume(c, parts));
}

async function list(c: HttpContext, parts: HttpParts): Promise<Response> {
  const bearer = await admitRole(c, parts, ['operator', 'finance', 'auditor']);
  if ('code' in bearer) return problemResponse(bearer);
  const after = c.req.query('after') ?? '0';
  if (!/^\d{1,18}$/.test(after)) {
    const errors = [{ path: 'after', message: 'a cursor of an earlier page' }];
    return problemResponse(problemOf('invalid-request', { errors }));
  }
  const found = await findFailedOrders(parts.session, BigInt(after), pageMax + 1);
  const page = found.slice(0, pageMax);
  const last = page.at(-1);
  return c.json({
    loads: page.map((order) => ({ cardAccountId: String(order.cardAccountId), ...loadJson(order) })),
    nextAfter: found.length > pageMax && last !== undefined ? String(last.id) : null,
  });
}

async function resume(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admitAndRead(c, parts, { roles: ['operator'], schema: resumptionBody });
  if ('code' in call) return problemResponse(call);
  const { cardAccountId, loadId, reason } = call.body;
  const of = { bucket: bucketOf(BigInt(cardAccountId)), id: BigInt(loadId) };
  const found = await findOrder(parts.session, of);
  if (found?.cardAccountId !== BigInt(cardAccountId)) return problemResponse(problemOf('not-found'));
  const resumed = await resumeOrder(parts.loadOrders.pool, of, { actor: actorOf(call.bearer), reason });
  return resumed === null ? problemResponse(problemOf('load-not-failed')) : c.json(loadJson(resumed));
}
