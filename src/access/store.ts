import type { Session, Statement } from '#platform/postgres.ts';

/** Who may do what. Nobody has two: a role is one word of a token. */
const roles = ['holder', 'participant', 'administrator', 'operator', 'finance', 'auditor'] as const;
export type Role = (typeof roles)[number];

/** Who a token speaks for. */
export interface Bearer {
  readonly role: Role;
  /** A holder's card account, a participant's number, a member of staff. */
  readonly subjectId: bigint;
}

/** A bearer as the doors see it. */
export interface Admitted extends Bearer {
  /** Whether the password has to be changed before anything else is done. */
  readonly mustChange: boolean;
}

/** A token that was found, and whether its use should be noted again. */
interface FoundToken extends Admitted {
  readonly isStale: boolean;
}

/** How fresh the note of a session's last use is kept: not an update for every request. */
const seenEverySeconds = 30;

const find: Statement = {
  name: 'access-find-token',
  text: `select role, subject_id, must_change,
      idle_seconds is not null and last_seen_at < n.now - make_interval(secs => ${seenEverySeconds})
    from access.tokens, (select coalesce($2::timestamptz, now()) as now) n
    where digest = decode($1, 'hex') and expires_at > n.now and ended_at is null
      and (idle_seconds is null or last_seen_at > n.now - make_interval(secs => idle_seconds))`,
};

/** The bearer of a token's digest (hex), or null for one that is unknown, expired, ended or was left idle. */
export async function findBearer(
  session: Session,
  digest: string,
  at: Date | null,
): Promise<FoundToken | null> {
  const row = (await session.run(find, [digest, at])).rows[0];
  if (row === undefined) return null;
  const [role, subjectId, mustChange, isStale] = row as [Role, bigint, boolean, boolean];
  return { role, subjectId, mustChange, isStale };
}

// Two requests at once note it once: the second finds it fresh.
const touch: Statement = {
  name: 'access-touch-token',
  text: `update access.tokens t set last_seen_at = n.now
    from (select coalesce($2::timestamptz, now()) as now) n
    where digest = decode($1, 'hex') and last_seen_at < n.now - make_interval(secs => ${seenEverySeconds})`,
};

export async function touchToken(session: Session, digest: string, at: Date | null): Promise<void> {
  await session.run(touch, [digest, at]);
}

const insert: Statement = {
  name: 'access-insert-token',
  text: `insert into access.tokens (digest, role, subject_id, expires_at)
    values (decode($1, 'hex'), $2, $3, $4) on conflict (digest) do update set expires_at = excluded.expires_at`,
};

/** Keeps a token by its digest; a known one gets the new expiry. Only the owner of the books may. */
export async function insertToken(
  session: Session,
  token: Bearer & { readonly digest: string; readonly expiresAt: Date },
): Promise<void> {
  await session.run(insert, [token.digest, token.role, token.subjectId, token.expiresAt]);
}

const open: Statement = {
  name: 'access-open-session',
  text: `select access.open_session(decode($1, 'hex'), $2, $3, $4, $5, $6)`,
};

export interface NewSession extends Admitted {
  readonly digest: string;
  readonly idleSeconds: number;
  readonly absoluteSeconds: number;
}

/** Keeps a session that a password opened, and says until when. The database holds it to its limits. */
export async function insertSession(session: Session, opened: NewSession): Promise<Date> {
  const { digest, role, subjectId, idleSeconds, absoluteSeconds, mustChange } = opened;
  const { rows } = await session.run(open, [
    digest,
    role,
    subjectId,
    idleSeconds,
    absoluteSeconds,
    mustChange,
  ]);
  return rows[0]?.[0] as Date;
}

const end: Statement = {
  name: 'access-end-session',
  text: `update access.tokens set ended_at = now()
    where digest = decode($1, 'hex') and idle_seconds is not null and ended_at is null`,
};

/** Ends a session by its digest; whether there was one. A key is no session. */
export async function endToken(session: Session, digest: string): Promise<boolean> {
  return (await session.run(end, [digest])).rowCount === 1;
}

const endAll: Statement = {
  name: 'access-end-sessions',
  text: `update access.tokens set ended_at = now()
    where role = $1 and subject_id = $2 and idle_seconds is not null and ended_at is null`,
};

export async function endTokens(session: Session, { role, subjectId }: Bearer): Promise<void> {
  await session.run(endAll, [role, subjectId]);
}
