import type { OpenAPIHono } from '@hono/zod-openapi';
import { saveUtility } from '#bills/save-utility.ts';
import { actorOf, admitRole } from '#channels/http/bearer.ts';
import {
  type HttpContext,
  type HttpEnv,
  type HttpParts,
  headerOf,
  incomingOf,
} from '#channels/http/parts.ts';
import { parseBody, readBody } from '#channels/http/wire/body.ts';
import { problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import { utilityBody } from './bill-schemas.ts';

/** Utilities are reference data: administrators keep them, and see no money. */
export function addUtilityRoutes(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  app.post('/v1/utilities', (c) => save(c, parts));
}

async function save(c: HttpContext, parts: HttpParts): Promise<Response> {
  const bearer = await admitRole(c, parts, ['administrator']);
  if ('code' in bearer) return problemResponse(bearer);
  if (!/^application\/json\s*(;|$)/i.test(headerOf(c, 'content-type')))
    return problemResponse(problemOf('not-json'));
  const bytes = await readBody(c.req.raw, incomingOf(c));
  if (!Buffer.isBuffer(bytes)) return problemResponse(bytes);
  const body = parseBody(bytes, utilityBody);
  if (!('value' in body)) return problemResponse(body);
  const { utility: participantId, key, ...said } = body.value;
  const sharedKey = key === undefined ? null : Buffer.from(key, 'hex');
  const saved = await saveUtility(parts.utilities, actorOf(bearer), {
    ...said,
    participantId,
    key: sharedKey,
  });
  if (saved !== 'saved') return problemResponse(problemOf(saved));
  const { reason: _, ...terms } = said;
  return c.json({ utility: participantId, ...terms });
}
