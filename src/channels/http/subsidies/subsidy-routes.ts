import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Role } from '#access/store.ts';
import { actorOf } from '#channels/http/bearer.ts';
import { readJson } from '#channels/http/bearer-call.ts';
import type { HttpContext, HttpEnv, HttpParts } from '#channels/http/parts.ts';
import { problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import type { ProblemCode } from '#channels/http/wire/problem-catalogue.ts';
import { decideBatch, proposeBatch, startRun } from '#disbursements/approve-batch.ts';
import { correctLines } from '#disbursements/correct-lines.ts';
import { importBatch } from '#disbursements/import-batch.ts';
import { saveProgramme } from '#disbursements/programmes.ts';
import { publishBatch, withdrawBatch } from '#disbursements/publish-batch.ts';
import { readBatch, readProgress } from '#disbursements/store.ts';
import { fen } from '#money/fen.ts';
import { programmeAnswer, progressAnswer } from './subsidy-answers.ts';
import { type Admitted, admit, batchIdOf, readCsv } from './subsidy-call.ts';
import { addSubsidyReads } from './subsidy-reads.ts';
import { decisionBody, period, programmeBody, withdrawalBody } from './subsidy-schemas.ts';

/** Subsidies: programmes, their files, and each step of a batch. The operator makes, finance approves. */
export function addSubsidyRoutes(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  app.post('/v1/subsidy-programmes', (c) => keepProgramme(c, parts));
  app.post('/v1/subsidy-programmes/:code/batches', (c) => importFile(c, parts));
  app.post('/v1/subsidy-batches/:id/corrections', (c) => correct(c, parts));
  app.post('/v1/subsidy-batches/:id/publication', (c) =>
    step(c, parts, {
      roles: ['operator'],
      take: ({ rooms, bearer }, id) => publishBatch(rooms, id, actorOf(bearer)),
    }),
  );
  app.post('/v1/subsidy-batches/:id/proposal', (c) =>
    step(c, parts, { roles: ['operator'], take: ({ rooms, bearer }, id) => proposeBatch(rooms, id, bearer) }),
  );
  app.post('/v1/subsidy-batches/:id/decision', (c) => decide(c, parts));
  app.post('/v1/subsidy-batches/:id/withdrawal', (c) => withdraw(c, parts));
  app.post('/v1/subsidy-batches/:id/run', (c) =>
    step(c, parts, {
      roles: ['operator', 'finance'],
      take: async ({ rooms, bearer }, id) => {
        const started = await startRun(rooms, id, actorOf(bearer));
        return started === 'running' ? { state: started } : started;
      },
    }),
  );
  addSubsidyReads(app, parts);
}

async function keepProgramme(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admit(c, parts, ['operator']);
  if (!('bearer' in call)) return problemResponse(call);
  const body = await readJson(c, programmeBody);
  if (!('value' in body)) return problemResponse(body);
  const { perLineMax, ...rest } = body.value;
  const programme = { ...rest, perLineMaxFen: fen(perLineMax) };
  const saved = await saveProgramme(call.rooms.pool, programme, actorOf(call.bearer));
  if (saved !== 'saved') return problemResponse(problemOf(saved));
  return c.json(programmeAnswer(programme));
}

async function importFile(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admit(c, parts, ['operator']);
  if (!('bearer' in call)) return problemResponse(call);
  const asked = period.safeParse(c.req.query('period'));
  if (!asked.success) {
    const errors = [{ path: 'period', message: 'a period like 2026-11, 2026-Q4 or 2026' }];
    return problemResponse(problemOf('invalid-request', { errors }));
  }
  const bytes = await readCsv(c);
  if (!Buffer.isBuffer(bytes)) return problemResponse(bytes);
  const file = { programme: c.req.param('code') ?? '', period: asked.data, bytes };
  const imported = await importBatch(call.rooms, file, actorOf(call.bearer));
  if (typeof imported === 'string') return problemResponse(problemOf(imported));
  return batchNow(c, parts, imported);
}

async function correct(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admit(c, parts, ['operator']);
  if (!('bearer' in call)) return problemResponse(call);
  const batchId = batchIdOf(c);
  if (batchId === null) return problemResponse(problemOf('batch-unknown'));
  const bytes = await readCsv(c);
  if (!Buffer.isBuffer(bytes)) return problemResponse(bytes);
  const corrected = await correctLines(call.rooms, { batchId, bytes }, actorOf(call.bearer));
  if (typeof corrected === 'string') return problemResponse(problemOf(corrected));
  return batchNow(c, parts, { id: batchId, replay: false });
}

async function batchNow(
  c: HttpContext,
  parts: HttpParts,
  { id, replay }: { readonly id: bigint; readonly replay: boolean },
): Promise<Response> {
  const batch = await readBatch(parts.session, id);
  if (batch === null) return problemResponse(problemOf('batch-unknown'));
  const headers: Record<string, string> = replay ? { 'idempotent-replayed': 'true' } : {};
  return c.json(progressAnswer(batch, await readProgress(parts.session, id)), 200, headers);
}

interface Step {
  readonly roles: readonly Role[];
  /** What is answered when the step was taken, beside the batch; or why it was not. */
  readonly take: (call: Admitted, batchId: bigint) => Promise<object | ProblemCode>;
}

/** A step that needs nothing but who takes it; the answer is the batch after it. */
async function step(c: HttpContext, parts: HttpParts, { roles, take }: Step): Promise<Response> {
  const call = await admit(c, parts, roles);
  if (!('bearer' in call)) return problemResponse(call);
  const batchId = batchIdOf(c);
  if (batchId === null) return problemResponse(problemOf('batch-unknown'));
  const taken = await take(call, batchId);
  if (typeof taken === 'string') return problemResponse(problemOf(taken));
  return batchNow(c, parts, { id: batchId, replay: false });
}

async function decide(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admit(c, parts, ['finance']);
  if (!('bearer' in call)) return problemResponse(call);
  const body = await readJson(c, decisionBody);
  if (!('value' in body)) return problemResponse(body);
  return step(c, parts, {
    roles: ['finance'],
    take: async ({ rooms, bearer }, batchId) => {
      const decided = await decideBatch(rooms, { ...body.value, batchId, checker: bearer });
      return decided === 'approved' || decided === 'rejected' ? { decided } : decided;
    },
  });
}

async function withdraw(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admit(c, parts, ['operator']);
  if (!('bearer' in call)) return problemResponse(call);
  const body = await readJson(c, withdrawalBody);
  if (!('value' in body)) return problemResponse(body);
  return step(c, parts, {
    roles: ['operator'],
    take: async ({ rooms, bearer }, batchId) => {
      const asked = { batchId, reason: body.value.reason };
      const withdrawn = await withdrawBatch(rooms, asked, actorOf(bearer));
      return withdrawn === 'withdrawn' ? { withdrawn } : withdrawn;
    },
  });
}
