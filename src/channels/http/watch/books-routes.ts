import type { OpenAPIHono } from '@hono/zod-openapi';
import { admitRole } from '#channels/http/bearer.ts';
import type { HttpContext, HttpEnv, HttpParts } from '#channels/http/parts.ts';
import { problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import { fenToJson } from '#money/fen.ts';
import { sessionOf } from '#platform/postgres.ts';
import { type BooksLamp, readLamp } from '#settlement/live/lamp.ts';

/** Whether the running books are right, for finance and auditors. */
export function addBooksRoutes(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  app.get('/v1/books', (c) => showLamp(c, parts));
}

async function showLamp(c: HttpContext, parts: HttpParts): Promise<Response> {
  const bearer = await admitRole(c, parts, ['finance', 'auditor']);
  if ('code' in bearer) return problemResponse(bearer);
  const lamp = await readLamp(sessionOf(parts.reports));
  if (lamp === null) return problemResponse(problemOf('books-not-looked-at'), { 'retry-after': '5' });
  return c.json(lampJson(lamp));
}

function lampJson(lamp: BooksLamp): object {
  return {
    computedAt: new Date(lamp.computedAtMs).toISOString(),
    ageSeconds: Math.round(lamp.ageMs / 1_000),
    businessDate: lamp.businessDate,
    state: lamp.state,
    currency: 'CNY',
    drift: fenToJson(lamp.driftFen),
    checks: lamp.checks.map(({ name, wrong, amountFen }) => ({
      check: name,
      wrong,
      amount: fenToJson(amountFen),
    })),
    findings: lamp.findings,
    queues: lamp.queues.map(({ name, waiting, oldestSeconds }) => ({ queue: name, waiting, oldestSeconds })),
    behind: lamp.behind,
    lookMs: lamp.lookMs,
  };
}
