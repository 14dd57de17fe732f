import type { OpenAPIHono } from '@hono/zod-openapi';
import { saveUtility } from '#bills/save-utility.ts';
import { admitAndRead } from '#channels/http/bearer-call.ts';
import type { HttpContext, HttpEnv, HttpParts } from '#channels/http/parts.ts';
import { problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import { utilityBody } from './bill-schemas.ts';

/** Utilities are reference data: administrators keep them, and see no money. */
export function addUtilityRoutes(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  app.post('/v1/utilities', (c) => save(c, parts));
}

async function save(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admitAndRead(c, parts, { roles: ['administrator'], schema: utilityBody });
  if ('code' in call) return problemResponse(call);
  const { utility: participantId, key, ...said } = call.body;
  const sharedKey = key === undefined ? null : Buffer.from(key, 'hex');
  const saved = await saveUtility(parts.utilities, call.actor, {
    ...said,
    participantId,
    key: sharedKey,
  });
  if (saved !== 'saved') return problemResponse(problemOf(saved));
  const { reason: _, ...terms } = said;
  return c.json({ utility: participantId, ...terms });
}
