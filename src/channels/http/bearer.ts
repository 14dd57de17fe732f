import type { Bearer } from '#access/store.ts';
import { bearerOf } from '#access/tokens.ts';
import { type Problem, problemOf } from '#channels/http/wire/problem.ts';
import { type HttpContext, type HttpParts, headerOf } from './parts.ts';

/** Who bears the request's token. */
async function admitBearer(c: HttpContext, parts: HttpParts): Promise<Bearer | Problem> {
  const [scheme, token] = headerOf(c, 'authorization').split(' ');
  if (scheme !== 'Bearer' || token === undefined) return problemOf('token-missing');
  return (await bearerOf(parts.session, token)) ?? problemOf('token-missing');
}

/** Lets only finance staff in: null, or the problem. */
export async function refuseUnlessFinance(c: HttpContext, parts: HttpParts): Promise<Problem | null> {
  const bearer = await admitBearer(c, parts);
  if ('code' in bearer) return bearer;
  return bearer.role === 'finance' ? null : problemOf('not-yours');
}

/** The card account that the path names and the bearer may see: a holder's own ("mine"), or any for finance. */
export async function admitToAccount(c: HttpContext, parts: HttpParts): Promise<bigint | Problem> {
  const bearer = await admitBearer(c, parts);
  if ('code' in bearer) return bearer;
  const named = c.req.param('id') ?? '';
  const own = bearer.role === 'holder' ? bearer.subjectId : null;
  if (named === 'mine' && own !== null) return own;
  if (!/^[1-9]\d{6,16}$/.test(named)) return problemOf('not-found');
  const id = BigInt(named);
  // A holder who asks for another's account learns nothing, not even whether it exists.
  return bearer.role === 'finance' || id === own ? id : problemOf('not-yours');
}
