import type { OpenAPIHono } from '@hono/zod-openapi';
import { terminalLook } from '#audit/looks.ts';
import type { HttpContext, HttpEnv, HttpParts } from '#channels/http/parts.ts';
import { onCard, postHandler } from '#channels/http/post.ts';
import { type Answered, answerSigned, refuseKind, type SignedCall } from '#channels/http/signed.ts';
import { parseBody } from '#channels/http/wire/body.ts';
import { type Problem, problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import { cancellationBody, preSettlementBody, reversalBody, settlementBody } from './medical-schemas.ts';
import { preSettle } from './pre-settle.ts';
import {
  cancellationRequest,
  medicalReversalRequest,
  medicalSector,
  settlementRequest,
} from './to-medical-request.ts';

/** Hospitals: what the national platform's messages 2206, 2207, 2208 and 2601 mean for the card. */
export function addMedicalRoutes(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  app.post('/v1/medical/pre-settlements', (c) =>
    answerSigned(c, parts, (call) => preSettlements(c, parts, call)),
  );
  app.post(
    '/v1/medical/settlements',
    postHandler(parts, settlementBody, (caller, body) =>
      onCard(parts, body.cardNumber, (card) => settlementRequest(caller, body, card)),
    ),
  );
  app.post(
    '/v1/medical/settlements/cancellations',
    postHandler(parts, cancellationBody, (caller, body) =>
      onCard(parts, body.cardNumber, (card) => cancellationRequest(caller, body, card)),
    ),
  );
  app.post(
    '/v1/medical/reversals',
    postHandler(parts, reversalBody, (caller, body) =>
      onCard(parts, body.cardNumber, (card) => medicalReversalRequest(caller, body, card)),
    ),
  );
}

async function preSettlements(c: HttpContext, parts: HttpParts, call: SignedCall): Promise<Answered> {
  const refused = (problem: Problem): Answered => ({ response: problemResponse(problem) });
  const refusal = refuseKind(call, 'inquiry');
  if (refusal !== null) return refused(refusal);
  const { terminal } = call;
  if (terminal.sector !== medicalSector) return refused(problemOf('kind-not-allowed'));
  const body = parseBody(call.body, preSettlementBody);
  if (!('value' in body)) return refused(body);
  const card = await parts.resolveCard(body.value.cardNumber);
  if (card === undefined) return refused(problemOf('card-unknown'));
  await parts.recordLook(terminalLook(terminal.id, card.cardAccountId));
  return { response: c.json(await preSettle(parts, { terminal, card, body: body.value })) };
}
