import type { OpenAPIHono } from '@hono/zod-openapi';
import { signOut as endOwnSession } from '#access/sign-in/sign-out.ts';
import { changeStaffPassword, signInStaff } from '#access/staff/sign-in.ts';
import { actorOf, admitAnyBearer, tokenOf } from '#channels/http/bearer.ts';
import { readJson } from '#channels/http/bearer-call.ts';
import type { HttpContext, HttpEnv, HttpParts } from '#channels/http/parts.ts';
import { problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import { addressOf } from './address.ts';
import { signInResponse } from './sign-in-answers.ts';
import { staffPasswordBody, staffSignInBody } from './sign-in-schemas.ts';

/** Staff sign in and change their password; everybody signs out. */
export function addSessionRoutes(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  app.post('/v1/staff-sign-ins', async (c) => {
    const body = await readJson(c, staffSignInBody);
    if (!('value' in body)) return problemResponse(body);
    return signInResponse(await signInStaff(parts.signIns, { ...body.value, address: addressOf(c, parts) }));
  });
  app.post('/v1/staff/mine/password', (c) => changePassword(c, parts));
  app.post('/v1/sign-outs', (c) => signOut(c, parts));
}

async function changePassword(c: HttpContext, parts: HttpParts): Promise<Response> {
  const bearer = await admitAnyBearer(c, parts);
  if ('code' in bearer) return problemResponse(bearer);
  if (actorOf(bearer).kind !== 'staff') return problemResponse(problemOf('not-yours'));
  const body = await readJson(c, staffPasswordBody);
  if (!('value' in body)) return problemResponse(body);
  return signInResponse(await changeStaffPassword(parts.signIns, bearer, body.value));
}

/** Ends the session that the token names. A key is not signed out: an administrator revokes it. */
async function signOut(c: HttpContext, parts: HttpParts): Promise<Response> {
  const bearer = await admitAnyBearer(c, parts);
  if ('code' in bearer) return problemResponse(bearer);
  const ended = await endOwnSession(parts.signIns.pool, { token: tokenOf(c) ?? '', actor: actorOf(bearer) });
  return ended ? c.json({ status: 'done' }) : problemResponse(problemOf('not-yours'));
}
