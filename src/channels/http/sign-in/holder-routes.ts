import type { OpenAPIHono } from '@hono/zod-openapi';
import { changeQueryPassword, choosePaymentPin, signInHolder } from '#access/query-password.ts';
import { admitAnyBearer } from '#channels/http/bearer.ts';
import { admitAndRead, readJson } from '#channels/http/bearer-call.ts';
import type { HttpContext, HttpEnv, HttpParts } from '#channels/http/parts.ts';
import { problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import { bucketOf } from '#ledger/rules/accounts.ts';
import { addressOf } from './address.ts';
import { refusedResponse, signInResponse } from './sign-in-answers.ts';
import { holderSignInBody, paymentPinBody, queryPasswordBody } from './sign-in-schemas.ts';

/** A holder signs in, and keeps the query password and the payment PIN. */
export function addHolderSignInRoutes(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  app.post('/v1/holder-sign-ins', (c) => signIn(c, parts));
  app.post('/v1/card-accounts/mine/query-password', (c) => changePassword(c, parts));
  app.post('/v1/card-accounts/mine/payment-pin', (c) => choosePin(c, parts));
}

const accountOf = (cardAccountId: bigint) => ({ cardAccountId, bucket: bucketOf(cardAccountId) });

async function signIn(c: HttpContext, parts: HttpParts): Promise<Response> {
  const body = await readJson(c, holderSignInBody);
  if (!('value' in body)) return problemResponse(body);
  const asked = { ...body.value, address: addressOf(c, parts) };
  return signInResponse(await signInHolder(parts.signIns, asked, parts.resolveCard));
}

async function changePassword(c: HttpContext, parts: HttpParts): Promise<Response> {
  const bearer = await admitAnyBearer(c, parts);
  if ('code' in bearer) return problemResponse(bearer);
  if (bearer.role !== 'holder') return problemResponse(problemOf('not-yours'));
  const body = await readJson(c, queryPasswordBody);
  if (!('value' in body)) return problemResponse(body);
  return signInResponse(await changeQueryPassword(parts.signIns, accountOf(bearer.subjectId), body.value));
}

async function choosePin(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admitAndRead(c, parts, { roles: ['holder'], schema: paymentPinBody });
  if ('code' in call) return problemResponse(call);
  const chosen = await choosePaymentPin(parts.signIns, accountOf(call.bearer.subjectId), call.body);
  return chosen === 'done' ? c.json({ status: 'done' }) : refusedResponse(chosen);
}
