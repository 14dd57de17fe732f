import type { ZodType } from 'zod';
import type { Bearer, Role } from '#access/store.ts';
import { admitRole } from '#channels/http/bearer.ts';
import { type HttpContext, type HttpParts, headerOf, incomingOf } from '#channels/http/parts.ts';
import { parseBody, readBody } from '#channels/http/wire/body.ts';
import { type Problem, problemOf } from '#channels/http/wire/problem.ts';

/** Who bears the token, if it is one of these roles, and the body as the schema reads it. Nobody else's body is read. */
export async function admitStaffPost<Body>(
  c: HttpContext,
  parts: HttpParts,
  { roles, schema }: { readonly roles: readonly Role[]; readonly schema: ZodType<Body> },
): Promise<{ readonly bearer: Bearer; readonly body: Body } | Problem> {
  const bearer = await admitRole(c, parts, roles);
  if ('code' in bearer) return bearer;
  if (!/^application\/json\s*(;|$)/i.test(headerOf(c, 'content-type'))) return problemOf('not-json');
  const bytes = await readBody(c.req.raw, incomingOf(c));
  if (!Buffer.isBuffer(bytes)) return bytes;
  const body = parseBody(bytes, schema);
  return 'value' in body ? { bearer, body: body.value } : body;
}
