import type { OpenAPIHono } from '@hono/zod-openapi';
import { admitRole } from '#channels/http/bearer.ts';
import type { HttpContext, HttpEnv, HttpParts } from '#channels/http/parts.ts';
import { busyResponse, type Problem, problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import { readQuery } from '#channels/http/wire/read-query.ts';
import { parseTransactionId } from '#channels/http/wire/transaction-id.ts';
import { findBusinessDay } from '#ledger/business-days.ts';
import { readArchivedBefore } from '#ledger/look/archived-before.ts';
import { bucketOf } from '#ledger/rules/accounts.ts';
import { fenToJson } from '#money/fen.ts';
import { dayNumber } from '#platform/calendar.ts';
import { sessionOf } from '#platform/postgres.ts';
import { type OwnDay, type OwnKind, readOwnDays, readOwnKinds } from '#webhooks/figures/day-store.ts';
import { findOwnTransaction, readOwnPage, transactionsPageMax } from '#webhooks/figures/store.ts';
import { ownTransactionJson } from '#webhooks/rules/own-transaction.ts';
import { daysMax } from './figures-openapi.ts';

/** What a participant reads of its own figures. Nothing of another's is in any answer, nor whether it is there. */
export function addFigureRoutes(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  app.get('/v1/participants/mine/transactions', (c) => list(c, parts));
  app.get('/v1/participants/mine/transactions/:id', (c) => show(c, parts));
  app.get('/v1/participants/mine/days', (c) => days(c, parts));
  app.get('/v1/participants/mine/nets', (c) => nets(c, parts));
}

const pageDefault = 100;
const dayPattern = /^\d{4}-\d{2}-\d{2}$/;
const pagePatterns = {
  businessDate: /^(\d{4}-\d{2}-\d{2}|current)$/,
  after: /^[1-9]\d{0,17}$/,
  limit: /^([1-9]\d{0,2}|1000)$/,
} as const;

const rangePatterns = { from: dayPattern, to: dayPattern } as const;
const rangeWords = Object.keys(rangePatterns) as (keyof typeof rangePatterns)[];

/** The participant that bears the request's key. */
async function participantOf(c: HttpContext, parts: HttpParts): Promise<number | Problem> {
  const bearer = await admitRole(c, parts, ['participant']);
  return 'code' in bearer ? bearer : Number(bearer.subjectId);
}

async function list(c: HttpContext, parts: HttpParts): Promise<Response> {
  const participantId = await participantOf(c, parts);
  if (typeof participantId !== 'number') return problemResponse(participantId);
  const query = readQuery(c, pagePatterns, transactionsPageMax);
  if ('code' in query) return problemResponse(query);
  const { businessDate: asked, after = '0', limit = pageDefault } = query.said;
  if (asked === undefined) return problemResponse(missing('businessDate'));
  const session = sessionOf(parts.reports);
  const day = isDay(asked) ? await findBusinessDay(session, asked) : null;
  if (day === null) return problemResponse(problemOf('day-unknown'));
  const { businessDate } = day;
  const size = Number(limit);
  const found = await readOwnPage(session, {
    ...{ participantId, businessDate, after: BigInt(after) },
    limit: size + 1,
    nowMs: Date.now(),
  });
  const page = found.slice(0, size);
  const nextAfter = found.length > size ? String(page.at(-1)?.id) : null;
  const archived = isBefore(businessDate, await readArchivedBefore(session));
  return c.json({ businessDate, archived, transactions: page.map(ownTransactionJson), nextAfter });
}

async function show(c: HttpContext, parts: HttpParts): Promise<Response> {
  const participantId = await participantOf(c, parts);
  if (typeof participantId !== 'number') return problemResponse(participantId);
  const named = parseTransactionId(c.req.param('id') ?? '');
  if (named === null) return problemResponse(problemOf('not-found'));
  const bucket = bucketOf(named.cardAccountId);
  const own = await findOwnTransaction(parts.session, participantId, { ...named, bucket });
  return own === null ? problemResponse(problemOf('not-found')) : c.json(ownTransactionJson(own));
}

async function nets(c: HttpContext, parts: HttpParts): Promise<Response> {
  const participantId = await participantOf(c, parts);
  if (typeof participantId !== 'number') return problemResponse(participantId);
  const range = readRange(c, daysMax.nets);
  if ('code' in range) return problemResponse(range);
  const found = await readOwnDays(sessionOf(parts.reports), participantId, range);
  return c.json({ currency: 'CNY', days: found.map(dayJson) });
}

async function days(c: HttpContext, parts: HttpParts): Promise<Response> {
  const participantId = await participantOf(c, parts);
  if (typeof participantId !== 'number') return problemResponse(participantId);
  const range = readRange(c, daysMax.days);
  if ('code' in range) return problemResponse(range);
  const session = sessionOf(parts.reports);
  const read = await parts.figures(async () => ({
    found: await readOwnDays(session, participantId, range),
    kinds: await readOwnKinds(session, participantId, range),
    archivedBefore: await readArchivedBefore(session),
  }));
  if (read === 'busy') return busyResponse();
  const kindsOf = Map.groupBy(read.kinds, (kind) => kind.businessDate);
  const told = read.found.map((day) => ({
    ...dayJson(day),
    archived: isBefore(day.businessDate, read.archivedBefore),
    kinds: (kindsOf.get(day.businessDate) ?? []).map(kindJson),
  }));
  return c.json({ currency: 'CNY', days: told });
}

function readRange(
  c: HttpContext,
  rangeMax: number,
): { readonly from: string; readonly to: string } | Problem {
  const query = readQuery(c, rangePatterns, 0);
  if ('code' in query) return query;
  const { from = '', to = '' } = query.said;
  const wrong = rangeWords.find((word) => !isDay(query.said[word] ?? ''));
  if (wrong !== undefined) return missing(wrong);
  const count = dayNumber(to) - dayNumber(from) + 1;
  if (count >= 1 && count <= rangeMax) return { from, to };
  const message = `a day from the first on, ${rangeMax} days in all at the most`;
  return problemOf('invalid-request', { errors: [{ path: 'to', message }] });
}

/** Dates are compared as they are written: year, month, day. */
function isBefore(businessDate: string, day: string | null): boolean {
  return day !== null && businessDate < day;
}

function isDay(text: string): boolean {
  return text === 'current' || !Number.isNaN(dayNumber(text));
}

function missing(path: string): Problem {
  return problemOf('invalid-request', { errors: [{ path, message: 'a day like 2026-11-22' }] });
}

function sumsJson(sums: Pick<OwnDay, 'creditFen' | 'creditCount' | 'debitFen' | 'debitCount'>): object {
  return {
    credit: fenToJson(sums.creditFen),
    creditCount: sums.creditCount,
    debit: fenToJson(sums.debitFen),
    debitCount: sums.debitCount,
  };
}

function dayJson(day: OwnDay): object {
  const { businessDate, state, sealHex: seal } = day;
  return { businessDate, state, seal, ...sumsJson(day), net: fenToJson(day.creditFen - day.debitFen) };
}

function kindJson(kind: OwnKind): object {
  return { kind: kind.kind, count: kind.count, ...sumsJson(kind) };
}
