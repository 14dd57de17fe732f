import type { ZodType } from 'zod';
import type { Bearer, Role } from '#access/store.ts';
import { admitRole } from '#channels/http/bearer.ts';
import { type HttpContext, type HttpParts, headerOf, incomingOf } from '#channels/http/parts.ts';
import { parseBody, readBody } from '#channels/http/wire/body.ts';
import { type Problem, problemOf } from '#channels/http/wire/problem.ts';

/** The bearer and the body of a call, or what is wrong with it. Who may not ask is told so before the body is read. */
export async function admitBody<T>(
  c: HttpContext,
  parts: HttpParts,
  of: { readonly role: Role; readonly schema: ZodType<T> },
): Promise<{ readonly bearer: Bearer; readonly value: T } | Problem> {
  const bearer = await admitRole(c, parts, [of.role]);
  if ('code' in bearer) return bearer;
  if (!/^application\/json\s*(;|$)/i.test(headerOf(c, 'content-type'))) return problemOf('not-json');
  const body = await readBody(c.req.raw, incomingOf(c));
  if (!Buffer.isBuffer(body)) return body;
  const parsed = parseBody(body, of.schema);
  return 'value' in parsed ? { bearer, value: parsed.value } : parsed;
}
