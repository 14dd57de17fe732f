import type { OpenAPIHono } from '@hono/zod-openapi';
import { actorOf } from '#channels/http/bearer.ts';
import { admitAndRead } from '#channels/http/bearer-call.ts';
import type { HttpContext, HttpEnv, HttpParts } from '#channels/http/parts.ts';
import { respond } from '#channels/http/post.ts';
import { readIdempotencyKey } from '#channels/http/signed.ts';
import { wireAnswer } from '#channels/http/wire/answers.ts';
import { problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import { parseTransactionId } from '#channels/http/wire/transaction-id.ts';
import { compensate } from '#clearing/compensate.ts';
import { fen } from '#money/fen.ts';
import { compensationBody } from './desk-openapi.ts';

/** What our own desk does with money: it gives wrong charges back. For operators. */
export function addDeskRoutes(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  app.post('/v1/compensations', (c) => postCompensation(c, parts));
}

async function postCompensation(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admitAndRead(c, parts, { roles: ['operator'], schema: compensationBody });
  if ('code' in call) return problemResponse(call);
  const key = readIdempotencyKey(c);
  if (!('key' in key)) return problemResponse(key);
  const { transactionId, amount, reason, remark = '' } = call.body;
  const original = parseTransactionId(transactionId);
  if (original === null) return problemResponse(problemOf('original-not-found'));
  const by = actorOf(call.bearer);
  const answer = await compensate(parts, {
    original,
    amountFen: fen(amount),
    reason,
    remark,
    key: key.key,
    by,
  });
  if (answer === 'not-found') return problemResponse(problemOf('original-not-found'));
  return respond(wireAnswer(answer));
}
