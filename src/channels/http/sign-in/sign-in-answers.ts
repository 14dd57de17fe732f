import type { SignInRefused } from '#access/sign-in/attempt.ts';
import type { OpenedSession } from '#access/tokens.ts';
import { problemOf, problemResponse } from '#channels/http/wire/problem.ts';

/** What is shown once must not stay in a cache. */
export const notKept = { 'cache-control': 'no-store' };

/** A session that was opened, or why not. */
export function signInResponse(
  answer: OpenedSession | SignInRefused | { readonly refusal: 'password-too-simple' },
): Response {
  if ('refusal' in answer) return refusedResponse(answer);
  const { token, role, subjectId, expiresAt, idleSeconds, mustChange } = answer;
  return Response.json(
    {
      token,
      role,
      subjectId: String(subjectId),
      expiresAt: expiresAt.toISOString(),
      idleSeconds,
      mustChangePassword: mustChange,
    },
    { headers: notKept },
  );
}

export function refusedResponse(
  refused: SignInRefused | { readonly refusal: 'password-too-simple' },
): Response {
  const seconds = 'retryAfterSeconds' in refused ? refused.retryAfterSeconds : null;
  return problemResponse(
    problemOf(refused.refusal),
    seconds === null ? {} : { 'retry-after': String(seconds) },
  );
}
