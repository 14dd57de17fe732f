import type { Actor } from '#audit/rules/event.ts';
import { actorOf, admitRole } from '#channels/http/bearer.ts';
import type { HttpContext, HttpParts } from '#channels/http/parts.ts';
import { type Problem, problemOf } from '#channels/http/wire/problem.ts';
import { findEndpoint } from '#webhooks/endpoints/store.ts';

/** A number that a path or query names, or null for what is none. */
export function namedId(text: string | undefined): bigint | null {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? BigInt(text) : null;
}

/** An endpoint of the participant that bears the request's key. */
export interface OwnEndpoint {
  readonly id: bigint;
  readonly participantId: number;
  readonly actor: Actor;
}

/** The endpoint that the path names, where it is the bearer's own; another's is not there. */
export async function admitToOwn(c: HttpContext, parts: HttpParts): Promise<OwnEndpoint | Problem> {
  const bearer = await admitRole(c, parts, ['participant']);
  if ('code' in bearer) return bearer;
  const id = namedId(c.req.param('id'));
  const participantId = Number(bearer.subjectId);
  const found = id === null ? null : await findEndpoint(parts.session, id, participantId);
  return found === null
    ? problemOf('endpoint-unknown')
    : { id: found.id, participantId, actor: actorOf(bearer) };
}
