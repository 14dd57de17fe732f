import type { ZodType } from 'zod';
import type { Bearer, Role } from '#access/store.ts';
import type { Actor } from '#audit/rules/event.ts';
import { actorOf, admitRole } from '#channels/http/bearer.ts';
import { type HttpContext, type HttpParts, headerOf, incomingOf } from '#channels/http/parts.ts';
import { parseBody, readBody } from '#channels/http/wire/body.ts';
import { type Problem, problemOf } from '#channels/http/wire/problem.ts';

/** A request of somebody who signed in, with its body read. */
export interface BearerCall<Body> {
  readonly bearer: Bearer;
  readonly actor: Actor;
  readonly body: Body;
}

/** Lets the bearer of a token in before anything of the body is looked at, then reads it. */
export async function readBearerCall<Body>(
  c: HttpContext,
  parts: HttpParts,
  asked: { readonly roles: readonly Role[]; readonly schema: ZodType<Body> },
): Promise<BearerCall<Body> | Problem> {
  const bearer = await admitRole(c, parts, asked.roles);
  if ('code' in bearer) return bearer;
  if (!/^application\/json\s*(;|$)/i.test(headerOf(c, 'content-type'))) return problemOf('not-json');
  const bytes = await readBody(c.req.raw, incomingOf(c));
  if (!Buffer.isBuffer(bytes)) return bytes;
  const body = parseBody(bytes, asked.schema);
  return 'value' in body ? { bearer, actor: actorOf(bearer), body: body.value } : body;
}
