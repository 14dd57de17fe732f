import { createHash } from 'node:crypto';
import type { Session } from '#platform/postgres.ts';
import { type Bearer, findBearer, insertToken } from './store.ts';

const tokenPattern = /^[A-Za-z0-9_-]{32,128}$/;

/** Tokens are random and long, so a plain digest is enough to keep them by. */
function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Who bears this token, or null. A text that cannot be one is not looked up. */
export async function bearerOf(session: Session, token: string): Promise<Bearer | null> {
  return tokenPattern.test(token) ? findBearer(session, digestOf(token)) : null;
}

/** Lets a token in until it expires. */
export async function admitToken(
  session: Session,
  grant: Bearer & { token: string; expiresAt: Date },
): Promise<void> {
  if (!tokenPattern.test(grant.token)) throw new RangeError('a token has 32 to 128 characters');
  await insertToken(session, { ...grant, digest: digestOf(grant.token) });
}
