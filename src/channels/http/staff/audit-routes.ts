import type { OpenAPIHono } from '@hono/zod-openapi';
import { type AuditRow, auditPageMax, readAudit } from '#audit/store.ts';
import { admitRole } from '#channels/http/bearer.ts';
import type { HttpContext, HttpEnv, HttpParts } from '#channels/http/parts.ts';
import { problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import { readQuery } from '#channels/http/wire/read-query.ts';
import { fenToJson } from '#money/fen.ts';
import { dayNumber } from '#platform/calendar.ts';
import { sessionOf } from '#platform/postgres.ts';
import { readNets } from '#settlement/day-report.ts';

/** What auditors read of everybody, and a participant of itself. */
export function addAuditRoutes(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  app.get('/v1/audit-events', (c) => events(c, parts));
  app.get('/v1/participants/mine/days/:date', (c) => ownDay(c, parts));
}

const pageDefault = 20;
const patterns = {
  before: /^[1-9]\d{0,17}$/,
  subject: /^[a-z-]{1,40} [0-9A-Za-z/.:-]{1,80}$/,
  act: /^[a-z-]{1,64}$/,
  limit: /^([1-9]\d?|100)$/,
} as const;

async function events(c: HttpContext, parts: HttpParts): Promise<Response> {
  const bearer = await admitRole(c, parts, ['auditor']);
  if ('code' in bearer) return problemResponse(bearer);
  const query = readQuery(c, patterns, auditPageMax);
  if ('code' in query) return problemResponse(query);
  const { before, subject = null, act = null, limit = pageDefault } = query.said;
  const size = Number(limit);
  // One more than the page, to know whether there is an older one.
  const found = await readAudit(sessionOf(parts.reports), {
    before: before === undefined ? null : BigInt(before),
    subject,
    act,
    limit: size + 1,
  });
  const page = found.slice(0, size);
  const nextBefore = found.length > size ? String(page.at(-1)?.sequence) : null;
  return c.json({ events: page.map(eventLine), nextBefore });
}

function eventLine({ sequence, at, actor, act, subject, reason }: AuditRow): object {
  return {
    sequence: String(sequence),
    at,
    actor: { kind: actor.kind, id: String(actor.id) },
    act,
    subject,
    reason,
  };
}

/** A participant's own net of a day. Nothing of another's is in the answer, nor what others add up to. */
async function ownDay(c: HttpContext, parts: HttpParts): Promise<Response> {
  const bearer = await admitRole(c, parts, ['participant']);
  if ('code' in bearer) return problemResponse(bearer);
  const date = c.req.param('date') ?? '';
  if (date !== 'current' && Number.isNaN(dayNumber(date))) return problemResponse(problemOf('day-unknown'));
  const report = await readNets(parts.reports, date);
  if (report === null) return problemResponse(problemOf('day-unknown'));
  const participantId = Number(bearer.subjectId);
  const own = report.nets.find((net) => Number(net.participantId) === participantId);
  return c.json({
    businessDate: report.businessDate,
    state: report.state,
    currency: 'CNY',
    participantId,
    debit: fenToJson(own?.debitFen ?? 0n),
    credit: fenToJson(own?.creditFen ?? 0n),
    net: fenToJson(own?.netFen ?? 0n),
    debitCount: own?.debitCount ?? 0,
    creditCount: own?.creditCount ?? 0,
  });
}
