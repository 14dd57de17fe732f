import type { ZodType } from 'zod';
import type { Bearer, Role } from '#access/store.ts';
import type { Actor } from '#audit/rules/event.ts';
import { parseBody, readBody } from '#channels/http/wire/body.ts';
import { type Problem, problemOf } from '#channels/http/wire/problem.ts';
import { actorOf, admitRole } from './bearer.ts';
import { type HttpContext, type HttpParts, headerOf, incomingOf } from './parts.ts';

/** The body of a request as bytes that say they are JSON, or what is wrong with it. */
export async function readJsonBytes(c: HttpContext): Promise<Buffer | Problem> {
  if (!isJson(headerOf(c, 'content-type'))) return problemOf('not-json');
  return readBody(c.req.raw, incomingOf(c));
}

/** JSON is UTF-8: who says that it is something else sends what we would read as other letters. */
function isJson(contentType: string): boolean {
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(contentType)?.[1];
  const isUtf8 = charset === undefined || /^utf-?8$/i.test(charset);
  return isUtf8 && /^application\/json\s*(;|$)/i.test(contentType);
}

/** The JSON body of a request, as the schema reads it, or what is wrong with it. */
export async function readJson<T>(
  c: HttpContext,
  schema: ZodType<T>,
): Promise<{ readonly value: T } | Problem> {
  const body = await readJsonBytes(c);
  return Buffer.isBuffer(body) ? parseBody(body, schema) : body;
}

/** A request of somebody who signed in, with its body read. */
export interface BearerCall<Body> {
  readonly bearer: Bearer;
  readonly actor: Actor;
  readonly body: Body;
}

/** Lets the bearer of a token in, and only then reads what it sends. */
export async function admitAndRead<Body>(
  c: HttpContext,
  parts: HttpParts,
  asked: { readonly roles: readonly Role[]; readonly schema: ZodType<Body> },
): Promise<BearerCall<Body> | Problem> {
  const bearer = await admitRole(c, parts, asked.roles);
  if ('code' in bearer) return bearer;
  const body = await readJson(c, asked.schema);
  return 'value' in body ? { bearer, actor: actorOf(bearer), body: body.value } : body;
}
