import type { OpenAPIHono } from '@hono/zod-openapi';
import { terminalLook } from '#channels/http/bearer.ts';
import type { HttpContext, HttpEnv, HttpParts } from '#channels/http/parts.ts';
import { onCard, postHandler } from '#channels/http/post.ts';
import { admitSigned } from '#channels/http/signed.ts';
import { parseBody } from '#channels/http/wire/body.ts';
import { problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import { cancellationBody, preSettlementBody, reversalBody, settlementBody } from './medical-schemas.ts';
import { preSettle } from './pre-settle.ts';
import { cancellationRequest, medicalReversalRequest, settlementRequest } from './to-medical-request.ts';

/** Hospitals: what the national platform's messages 2206, 2207, 2208 and 2601 mean for the card. */
export function addMedicalRoutes(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  app.post('/v1/medical/pre-settlements', (c) => preSettlements(c, parts));
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

async function preSettlements(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admitSigned(c, parts);
  if (!('terminal' in call)) return problemResponse(call);
  const { terminal } = call;
  if (!terminal.active) return problemResponse(problemOf('terminal-not-active'));
  const mayAsk = terminal.sector === 'medical' && terminal.allowedKinds.includes('inquiry');
  if (!mayAsk) return problemResponse(problemOf('kind-not-allowed'));
  const body = parseBody(call.body, preSettlementBody);
  if (!('value' in body)) return problemResponse(body);
  try {
    const card = await parts.resolveCard(body.value.cardNumber);
    if (card === undefined) return problemResponse(problemOf('card-unknown'));
    await parts.recordLook(terminalLook(terminal.id, card.cardAccountId));
    return c.json(await preSettle(parts, { terminal, card, body: body.value }));
  } catch (error) {
    parts.gate.giveBack(call.signature);
    throw error;
  }
}
