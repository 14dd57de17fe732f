import { createHash, randomBytes } from 'node:crypto';
import type { Session } from '#platform/postgres.ts';
import {
  type Admitted,
  type Bearer,
  endToken,
  endTokens,
  findBearer,
  insertSession,
  insertToken,
  touchToken,
} from './store.ts';

const tokenPattern = /^[A-Za-z0-9_-]{32,128}$/;
const tokenBytes = 32;

const minute = 60;
const hour = 3_600;
/** How long a session may be left alone, and how long it lasts in all. */
const sessionLimits = {
  holder: { idleSeconds: 10 * minute, absoluteSeconds: 12 * hour },
  staff: { idleSeconds: 15 * minute, absoluteSeconds: 10 * hour },
} as const;

/** A token that nobody can guess. It is shown once and kept as its digest. */
export function newToken(): string {
  return randomBytes(tokenBytes).toString('base64url');
}

/** Tokens are random and long, so a plain digest is enough to keep them by. */
export function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/**
 * Who bears this token, or null. A text that cannot be one is not looked up. A session's use is noted, twice a
 * minute at most. `at` is the time to judge by, for tests; the database's own otherwise.
 */
export async function bearerOf(
  session: Session,
  token: string,
  at: Date | null = null,
): Promise<Admitted | null> {
  if (!tokenPattern.test(token)) return null;
  const digest = digestOf(token);
  const found = await findBearer(session, digest, at);
  if (found === null) return null;
  const { isStale, ...bearer } = found;
  if (isStale) await touchToken(session, digest, at);
  return bearer;
}

/** Lets a token in until it expires. Only the owner of the books may: for a demonstration, and tests. */
export async function admitToken(
  session: Session,
  grant: Bearer & { token: string; expiresAt: Date },
): Promise<void> {
  if (!tokenPattern.test(grant.token)) throw new RangeError('a token has 32 to 128 characters');
  await insertToken(session, { ...grant, digest: digestOf(grant.token) });
}

/** A session that was just opened. Its token is nowhere else. */
export interface OpenedSession extends Admitted {
  readonly token: string;
  readonly expiresAt: Date;
  readonly idleSeconds: number;
}

/** Opens a session for somebody who has proved to be it; in the transaction of the sign-in. */
export async function openSession(session: Session, bearer: Admitted): Promise<OpenedSession> {
  const token = newToken();
  const limits = bearer.role === 'holder' ? sessionLimits.holder : sessionLimits.staff;
  const expiresAt = await insertSession(session, { ...bearer, ...limits, digest: digestOf(token) });
  return { ...bearer, token, expiresAt, idleSeconds: limits.idleSeconds };
}

/** Ends the session of this token, on every instance at once; whether there was one. */
export async function endSession(session: Session, token: string): Promise<boolean> {
  return tokenPattern.test(token) && (await endToken(session, digestOf(token)));
}

/** Ends every session of somebody: the password was changed, or the person is locked out. Keys go on. */
export async function endAllSessions(session: Session, bearer: Bearer): Promise<void> {
  await endTokens(session, bearer);
}
