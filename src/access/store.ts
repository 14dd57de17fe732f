import type { Session, Statement } from '#platform/postgres.ts';

/** Who may do what. Nobody has two: a role is one word of a token. */
export const roles = ['holder', 'participant', 'administrator', 'operator', 'finance', 'auditor'] as const;
export type Role = (typeof roles)[number];

/** Who a token speaks for. */
export interface Bearer {
  readonly role: Role;
  /** A holder's card account, a participant's number, a member of staff. */
  readonly subjectId: bigint;
}

const find: Statement = {
  name: 'access-find-token',
  text: `select role, subject_id from access.tokens where digest = decode($1, 'hex') and expires_at > now()`,
};

/** The bearer of a token's digest (hex), or null for an unknown or expired one. */
export async function findBearer(session: Session, digest: string): Promise<Bearer | null> {
  const row = (await session.run(find, [digest])).rows[0];
  return row === undefined ? null : { role: row[0] as Role, subjectId: row[1] as bigint };
}

const insert: Statement = {
  name: 'access-insert-token',
  text: `insert into access.tokens (digest, role, subject_id, expires_at)
    values (decode($1, 'hex'), $2, $3, $4) on conflict (digest) do update set expires_at = excluded.expires_at`,
};

/** Keeps a token by its digest; a known one gets the new expiry. */
export async function insertToken(
  session: Session,
  token: Bearer & { readonly digest: string; readonly expiresAt: Date },
): Promise<void> {
  await session.run(insert, [token.digest, token.role, token.subjectId, token.expiresAt]);
}
