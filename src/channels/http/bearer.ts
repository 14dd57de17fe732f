import type { Admitted, Bearer, Role } from '#access/store.ts';
import { bearerOf } from '#access/tokens.ts';
import type { Actor } from '#audit/rules/event.ts';
import { type Problem, problemOf } from '#channels/http/wire/problem.ts';
import { refuseQuery } from '#channels/http/wire/query-words.ts';
import { type HttpContext, type HttpParts, headerOf } from './parts.ts';

/** The token of the request, or nothing. */
export function tokenOf(c: HttpContext): string | null {
  const [scheme, token] = headerOf(c, 'authorization').split(' ');
  return scheme === 'Bearer' && token !== undefined ? token : null;
}

/** Who bears the request's token, also while a first password is still to be changed. */
export async function admitAnyBearer(c: HttpContext, parts: HttpParts): Promise<Admitted | Problem> {
  const token = tokenOf(c);
  const bearer = token === null ? null : await bearerOf(parts.session, token);
  if (bearer === null) return problemOf('token-missing');
  const waitSeconds = parts.calls.take(`${bearer.role} ${bearer.subjectId}`);
  return waitSeconds === 0 ? bearer : problemOf('too-many-calls', { retryAfterSeconds: waitSeconds });
}

/** Who bears the request's token, if it is one of these roles and no first password is to be changed. */
export async function admitRole(
  c: HttpContext,
  parts: HttpParts,
  allowed: readonly Role[],
): Promise<Bearer | Problem> {
  const bearer = await admitAnyBearer(c, parts);
  if ('code' in bearer) return bearer;
  if (!allowed.includes(bearer.role)) return problemOf('not-yours');
  return bearer.mustChange ? problemOf('password-change-first') : (refuseQuery(c) ?? bearer);
}

const actorKinds: Readonly<Record<Role, Actor['kind']>> = {
  holder: 'holder',
  participant: 'participant',
  administrator: 'staff',
  operator: 'staff',
  finance: 'staff',
  auditor: 'staff',
};

/** The bearer as the audit trail names it. */
export function actorOf({ role, subjectId }: Bearer): Actor {
  return { kind: actorKinds[role], id: subjectId };
}

/**
 * The card account that the path names and the bearer may look at: a holder's own ("mine"), or any for finance and
 * auditors. The look is in the audit trail, by its name ("balances-looked-at"), before this returns.
 */
export async function admitToLook(c: HttpContext, parts: HttpParts, act: string): Promise<bigint | Problem> {
  const bearer = await admitRole(c, parts, ['holder', 'finance', 'auditor']);
  if ('code' in bearer) return bearer;
  const account = accountNamed(c, bearer);
  if (typeof account !== 'bigint') return account;
  await parts.recordLook({ actor: actorOf(bearer), act, subject: `card-account ${account}`, reason: '' });
  return account;
}

function accountNamed(c: HttpContext, bearer: Bearer): bigint | Problem {
  const named = c.req.param('id') ?? '';
  const own = bearer.role === 'holder' ? bearer.subjectId : null;
  if (named === 'mine' && own !== null) return own;
  if (!/^[1-9]\d{6,16}$/.test(named)) return problemOf('not-found');
  const id = BigInt(named);
  // A holder who asks for another's account learns nothing, not even whether it exists.
  return bearer.role !== 'holder' || id === own ? id : problemOf('not-yours');
}
