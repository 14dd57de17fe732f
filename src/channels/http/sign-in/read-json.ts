import type { ZodType } from 'zod';
import type { Role } from '#access/store.ts';
import { actorOf, admitRole } from '#channels/http/bearer.ts';
import { type HttpContext, type HttpParts, headerOf, incomingOf } from '#channels/http/parts.ts';
import { parseBody, readBody } from '#channels/http/wire/body.ts';
import { type Problem, problemOf } from '#channels/http/wire/problem.ts';

/** The JSON body of a request, as the schema reads it, or what is wrong with it. */
export async function readJson<T>(
  c: HttpContext,
  schema: ZodType<T>,
): Promise<{ readonly value: T } | Problem> {
  if (!/^application\/json\s*(;|$)/i.test(headerOf(c, 'content-type'))) return problemOf('not-json');
  const body = await readBody(c.req.raw, incomingOf(c));
  return Buffer.isBuffer(body) ? parseBody(body, schema) : body;
}

/** Lets a role in, and then reads what it sends. */
export async function admitAndRead<T>(
  c: HttpContext,
  parts: HttpParts,
  of: { readonly roles: readonly Role[]; readonly schema: ZodType<T> },
) {
  const bearer = await admitRole(c, parts, of.roles);
  if ('code' in bearer) return bearer;
  const body = await readJson(c, of.schema);
  return 'code' in body ? body : { bearer, actor: actorOf(bearer), value: body.value };
}

/** The client's address as the connection says it. A header could say anything, so none is believed. */
export function addressOf(c: HttpContext): string {
  return incomingOf(c)?.socket.remoteAddress ?? '';
}
