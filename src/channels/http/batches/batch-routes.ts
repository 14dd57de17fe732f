import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Role } from '#access/store.ts';
import { admitRole } from '#channels/http/bearer.ts';
import type { HttpContext, HttpEnv, HttpParts } from '#channels/http/parts.ts';
import { problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import { readQuery } from '#channels/http/wire/read-query.ts';
import { fenToJson } from '#money/fen.ts';
import {
  type BatchReport,
  batchPageMax,
  type Difference,
  readBatch,
  readBatches,
  readDifferences,
  readTotalsNow,
} from '#terminals/batches/read-batches.ts';
import type { BatchTotals } from '#terminals/batches/rules/totals.ts';

/** Batches of terminals and their differences, for finance and auditors. */
export function addBatchRoutes(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  app.get('/v1/terminal-batches', (c) => list(c, parts));
  app.get('/v1/terminal-batches/:terminalId/:batchNumber', (c) => show(c, parts));
}

const readers: readonly Role[] = ['finance', 'auditor'];
const pageDefault = 20;
const terminalPattern = /^\d{1,8}$/;
const batchPattern = /^[1-9]\d{0,5}$/;
const patterns = {
  terminalId: terminalPattern,
  state: /^(open|unbalanced|closed)$/,
  answer: /^(balanced|unbalanced)$/,
  after: /^\d{1,8}-[1-9]\d{0,5}$/,
  limit: /^([1-9]\d?|100)$/,
} as const;

async function list(c: HttpContext, parts: HttpParts): Promise<Response> {
  const bearer = await admitRole(c, parts, readers);
  if ('code' in bearer) return problemResponse(bearer);
  const query = readQuery(c, patterns, batchPageMax);
  if ('code' in query) return problemResponse(query);
  const { terminalId, state = null, answer = null, after, limit = pageDefault } = query.said;
  const size = Number(limit);
  const found = await readBatches(parts.session, {
    terminalId: terminalId === undefined ? null : Number(terminalId),
    ...{ state, answer, after: cursorOf(after) },
    limit: size + 1,
  });
  const page = found.slice(0, size);
  const last = found.length > size ? page.at(-1) : undefined;
  const nextAfter = last === undefined ? null : `${last.terminalId}-${last.batchNumber}`;
  return c.json({ batches: page.map(batchJson), nextAfter });
}

function cursorOf(after: string | undefined) {
  if (after === undefined) return null;
  const [terminalId, batchNumber] = after.split('-').map(Number) as [number, number];
  return { terminalId, batchNumber };
}

async function show(c: HttpContext, parts: HttpParts): Promise<Response> {
  const bearer = await admitRole(c, parts, readers);
  if ('code' in bearer) return problemResponse(bearer);
  const { terminalId = '', batchNumber = '' } = c.req.param();
  if (!terminalPattern.test(terminalId) || !batchPattern.test(batchNumber))
    return problemResponse(problemOf('not-found'));
  const key = { terminalId: Number(terminalId), batchNumber: Number(batchNumber) };
  const batch = await readBatch(parts.session, key);
  if (batch === null) return problemResponse(problemOf('not-found'));
  const [now, { records, matched, missingThere, differences }] = await Promise.all([
    readTotalsNow(parts.session, key, Date.now()),
    readDifferences(parts.session, key),
  ]);
  return c.json({
    ...batchJson(batch),
    now: totalsJson(now),
    uploaded: { records, matched },
    missingThere,
    differences: differences.map(differenceJson),
  });
}

function batchJson(batch: BatchReport): object {
  const { terminalId, claimed, own, ...rest } = batch;
  return {
    terminalId: String(terminalId).padStart(8, '0'),
    ...rest,
    claimed: claimed === null ? null : totalsJson(claimed),
    own: own === null ? null : totalsJson(own),
    currency: 'CNY',
  };
}

function totalsJson({ debitFen, debitCount, creditFen, creditCount }: BatchTotals): object {
  return { debit: fenToJson(debitFen), debitCount, credit: fenToJson(creditFen), creditCount };
}

function differenceJson({ amountFen, ownAmountFen, ...rest }: Difference): object {
  return {
    ...rest,
    amount: amountFen === null ? null : fenToJson(amountFen),
    ownAmount: ownAmountFen === null ? null : fenToJson(ownAmountFen),
  };
}
