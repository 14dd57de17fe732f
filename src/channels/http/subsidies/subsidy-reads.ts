import type { OpenAPIHono } from '@hono/zod-openapi';
import { recordAudit } from '#audit/store.ts';
import { actorOf, admitToLook } from '#channels/http/bearer.ts';
import type { HttpContext, HttpEnv, HttpParts } from '#channels/http/parts.ts';
import { type Problem, problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import { readProgrammes } from '#disbursements/programmes.ts';
import {
  type LineState,
  linePageMax,
  lineStates,
  readLines,
  type SubsidyCursor,
  subsidiesOf,
  subsidyPageMax,
} from '#disbursements/read-lines.ts';
import { reportHeader, reportLine } from '#disbursements/rules/report-csv.ts';
import { batchPageMax, readBatches, readProgress } from '#disbursements/store.ts';
import {
  batchAnswer,
  lineAnswer,
  paymentAnswer,
  programmeAnswer,
  progressAnswer,
} from './subsidy-answers.ts';
import { type Admitted, admit, admitToBatch } from './subsidy-call.ts';

/** What may be read of subsidies: staff all of it, an agency its own, a holder what comes to the own account. */
export function addSubsidyReads(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  app.get('/v1/subsidy-programmes', (c) => listProgrammes(c, parts));
  app.get('/v1/subsidy-batches', (c) => listBatches(c, parts));
  app.get('/v1/subsidy-batches/:id', (c) => showBatch(c, parts));
  app.get('/v1/subsidy-batches/:id/lines', (c) => listLines(c, parts));
  app.get('/v1/card-accounts/:id/subsidies', (c) => listPayments(c, parts));
}

const readers = ['operator', 'finance', 'auditor', 'participant'] as const;

/** The agency to whose own things the bearer is kept; null for staff, who see all. */
function ownOnly({ bearer }: Admitted): number | null {
  return bearer.role === 'participant' ? Number(bearer.subjectId) : null;
}

async function listProgrammes(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admit(c, parts, readers);
  if (!('bearer' in call)) return problemResponse(call);
  const own = ownOnly(call);
  const programmes = await readProgrammes(parts.session);
  const shown = programmes.filter((programme) => own === null || programme.participantId === own);
  return c.json({ programmes: shown.map(programmeAnswer) });
}

const pageDefault = 20;

/** A number in the query, or the problem with it. */
function numberIn(
  c: HttpContext,
  name: string,
  { fallback, max }: { readonly fallback: number; readonly max: number },
): number | Problem {
  const text = c.req.query(name);
  if (text === undefined) return fallback;
  if (/^\d{1,9}$/.test(text) && Number(text) >= 1 && Number(text) <= max) return Number(text);
  const errors = [{ path: name, message: `a number from 1 to ${max}` }];
  return problemOf('invalid-request', { errors });
}

async function listBatches(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admit(c, parts, readers);
  if (!('bearer' in call)) return problemResponse(call);
  const limit = numberIn(c, 'limit', { fallback: pageDefault, max: batchPageMax });
  if (typeof limit !== 'number') return problemResponse(limit);
  const before = numberIn(c, 'before', { fallback: 0, max: 999_999_999 });
  if (typeof before !== 'number') return problemResponse(before);
  const participantId = ownOnly(call);
  const cursor = before === 0 ? null : BigInt(before);
  const found = await readBatches(parts.session, { before: cursor, participantId, limit: limit + 1 });
  const batches = found.slice(0, limit);
  const nextBefore = found.length > limit ? String(batches.at(-1)?.id) : null;
  return c.json({ batches: batches.map(batchAnswer), nextBefore });
}

async function showBatch(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admitToBatch(c, parts);
  if (!('bearer' in call)) return problemResponse(call);
  return c.json(progressAnswer(call.batch, await readProgress(parts.session, call.batch.id)));
}

const isLineState = (text: string): text is LineState => (lineStates as readonly string[]).includes(text);

async function listLines(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admitToBatch(c, parts);
  if (!('bearer' in call)) return problemResponse(call);
  const state = c.req.query('state') ?? null;
  if (state !== null && !isLineState(state)) {
    const errors = [{ path: 'state', message: `one of ${lineStates.join(', ')}` }];
    return problemResponse(problemOf('invalid-request', { errors }));
  }
  const after = numberIn(c, 'after', { fallback: 0, max: 999_999_999 });
  if (typeof after !== 'number') return problemResponse(after);
  const limit = numberIn(c, 'limit', { fallback: 100, max: linePageMax });
  if (typeof limit !== 'number') return problemResponse(limit);
  const { bearer, rooms, batch } = call;
  const isFile = c.req.query('format') === 'csv';
  const subject = `batch ${batch.id}`;
  await recordAudit(parts.session, [
    { actor: actorOf(bearer), act: 'batch-list-looked-at', subject, reason: '' },
  ]);
  if (isFile) return report(parts, rooms, { batchId: batch.id, state });
  const asked = { batchId: batch.id, state, after, limit: limit + 1 };
  const found = await readLines(parts.session, rooms.secrets, asked);
  const lines = found.slice(0, limit);
  const nextAfter = found.length > limit ? (lines.at(-1)?.lineNo ?? null) : null;
  return c.json({ lines: lines.map(lineAnswer), nextAfter });
}

/** All lines of a batch as a file: some megabytes at the most, since a batch has its limit of lines. */
async function report(
  parts: HttpParts,
  { secrets }: Admitted['rooms'],
  asked: { readonly batchId: bigint; readonly state: LineState | null },
): Promise<Response> {
  const texts = [reportHeader];
  for (let after = 0; ; ) {
    const lines = await readLines(parts.session, secrets, { ...asked, after, limit: linePageMax });
    for (const line of lines) texts.push(reportLine(line));
    const last = lines.at(-1);
    if (last === undefined || lines.length < linePageMax) break;
    after = last.lineNo;
  }
  return new Response(texts.join(''), {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="subsidy-batch-${asked.batchId}.csv"`,
    },
  });
}

async function listPayments(c: HttpContext, parts: HttpParts): Promise<Response> {
  const account = await admitToLook(c, parts, 'subsidies-looked-at');
  if (typeof account !== 'bigint') return problemResponse(account);
  const limit = numberIn(c, 'limit', { fallback: pageDefault, max: subsidyPageMax });
  if (typeof limit !== 'number') return problemResponse(limit);
  const before = cursorOf(c.req.query('before'));
  if (before === undefined) {
    const errors = [{ path: 'before', message: 'a cursor of an earlier page' }];
    return problemResponse(problemOf('invalid-request', { errors }));
  }
  const found = await subsidiesOf(parts.session, account, { before, limit: limit + 1 });
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  const nextBefore = found.length > limit && last !== undefined ? `${last.batchId}-${last.lineNo}` : null;
  return c.json({ payments: shown.map((payment) => paymentAnswer(account, payment)), nextBefore });
}

/** "12-345"; undefined for a text that is none, null where there is none. */
function cursorOf(text: string | undefined): SubsidyCursor | null | undefined {
  if (text === undefined) return null;
  const [, batchId, lineNo] = /^([1-9]\d{0,8})-([1-9]\d{0,5})$/.exec(text) ?? [];
  return batchId === undefined ? undefined : { batchId: BigInt(batchId), lineNo: Number(lineNo) };
}
