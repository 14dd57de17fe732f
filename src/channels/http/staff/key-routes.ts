import type { OpenAPIHono } from '@hono/zod-openapi';
import { giveKey, listKeys, revokeKey } from '#access/api-keys.ts';
import { actorOf, admitRole } from '#channels/http/bearer.ts';
import { admitAndRead } from '#channels/http/bearer-call.ts';
import type { HttpContext, HttpEnv, HttpParts } from '#channels/http/parts.ts';
import { notKept } from '#channels/http/sign-in/sign-in-answers.ts';
import { problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import { numberOf } from './staff-routes.ts';
import { newKeyBody } from './staff-schemas.ts';

/** Keys by which participants read what is theirs: given and revoked by administrators. */
export function addKeyRoutes(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  app.post('/v1/api-keys', (c) => give(c, parts));
  app.get('/v1/api-keys', (c) => list(c, parts));
  app.post('/v1/api-keys/:id/revocation', (c) => revoke(c, parts));
}

const administrator = ['administrator'] as const;

async function give(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admitAndRead(c, parts, { roles: administrator, schema: newKeyBody });
  if ('code' in call) return problemResponse(call);
  const { participantId } = call.body;
  const isKnown = parts.clearing.reference.current().participants.has(participantId);
  if (!isKnown) return problemResponse(problemOf('participant-unknown'));
  const { id, prefix, key } = await giveKey(parts.signIns.pool, BigInt(participantId), call.actor);
  return c.json({ apiKeyId: String(id), prefix, key }, 200, notKept);
}

async function list(c: HttpContext, parts: HttpParts): Promise<Response> {
  const bearer = await admitRole(c, parts, administrator);
  if ('code' in bearer) return problemResponse(bearer);
  const participantId = numberOf(c.req.query('participantId'));
  if (participantId === null) {
    const errors = [{ path: 'participantId', message: 'the number of a participant' }];
    return problemResponse(problemOf('invalid-request', { errors }));
  }
  const lines = await listKeys(parts.session, participantId);
  return c.json({
    apiKeys: lines.map((line) => ({
      apiKeyId: String(line.id),
      prefix: line.prefix,
      participantId: Number(line.participantId),
      createdAt: line.createdAt,
      expiresAt: line.expiresAt,
      revokedAt: line.revokedAt,
    })),
  });
}

async function revoke(c: HttpContext, parts: HttpParts): Promise<Response> {
  const bearer = await admitRole(c, parts, administrator);
  if ('code' in bearer) return problemResponse(bearer);
  const id = numberOf(c.req.param('id'));
  const isRevoked = id !== null && (await revokeKey(parts.signIns.pool, id, actorOf(bearer)));
  return isRevoked ? c.json({ status: 'done' }) : problemResponse(problemOf('key-unknown'));
}
