import { randomBytes } from 'node:crypto';
import { staffNamePattern } from '#access/rules/staff-name.ts';
import type { SignInDesk } from '#access/sign-in/desk.ts';
import { clearTries } from '#access/sign-in/tries.ts';
import { endAllSessions } from '#access/tokens.ts';
import type { Actor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import { inTransaction, type Session, sessionOf } from '#platform/postgres.ts';
import { codeSecretBytes, codeUri } from './one-time-codes.ts';
import { staffAuditSubject, staffHashSubject, staffTriesSubject } from './sign-in.ts';
import { findStaff, insertStaff, type StaffRole, setFirstSignIn, setLocked } from './store.ts';

/** With what a new member of staff signs in for the first time. It is shown once and kept nowhere. */
export interface FirstSignIn {
  readonly id: bigint;
  /** Good until the first sign-in, which asks for another. */
  readonly oneTimePassword: string;
  /** For an authenticator app. */
  readonly otpauthUri: string;
}

export interface StaffGrant {
  readonly name: string;
  readonly displayName: string;
  readonly role: StaffRole;
}

/** Who keeps the staff: an administrator, or whoever has the machine. */
export interface Keeper {
  readonly actor: Actor;
}

const oneTimePasswordBytes = 15;

/** Adds a member of staff with one role for ever; a name is given once. */
export async function addStaff(
  desk: SignInDesk,
  grant: StaffGrant,
  { actor }: Keeper,
): Promise<FirstSignIn | 'name-taken' | 'busy'> {
  if (!staffNamePattern.test(grant.name)) throw new RangeError('a sign-in name like "finance-1"');
  const fresh = await freshSecrets(desk, grant.name);
  if (fresh === 'busy') return fresh;
  return inTransaction(desk.pool, async (client) => {
    const session = sessionOf(client);
    const createdBy = actor.kind === 'staff' ? actor.id : null;
    const id = await insertStaff(session, { ...grant, ...fresh.kept, createdBy });
    if (id === null) return 'name-taken';
    await note(session, { actor, act: 'staff-added', id, reason: grant.role });
    return { id, ...fresh.shown };
  });
}

/** Gives a member of staff new first sign-ins, who may then sign in again; all sessions end. */
export async function resetStaff(
  desk: SignInDesk,
  id: bigint,
  { actor }: Keeper,
): Promise<FirstSignIn | 'staff-unknown' | 'busy'> {
  const found = await findStaff(sessionOf(desk.pool), id);
  if (found === null) return 'staff-unknown';
  const fresh = await freshSecrets(desk, found.name);
  if (fresh === 'busy') return fresh;
  return inTransaction(desk.pool, async (client) => {
    const session = sessionOf(client);
    await setFirstSignIn(session, id, fresh.kept);
    await endAllSessions(session, { role: found.role, subjectId: id });
    const subjects = [staffTriesSubject(found.name), `staff-change ${id}`];
    await clearTries(
      session,
      subjects.map((subject) => desk.secrets.subjectDigest(subject).toString('hex')),
    );
    await note(session, { actor, act: 'staff-reset', id, reason: '' });
    return { id, ...fresh.shown };
  });
}

/** Locks a member of staff out, at once and everywhere. Nobody locks himself: one administrator is left. */
export async function lockStaff(
  desk: SignInDesk,
  id: bigint,
  { actor }: Keeper,
): Promise<null | 'staff-unknown' | 'own-account'> {
  if (actor.kind === 'staff' && actor.id === id) return 'own-account';
  return inTransaction(desk.pool, async (client) => {
    const session = sessionOf(client);
    const locked = await setLocked(session, id);
    if (locked === null) return 'staff-unknown';
    await endAllSessions(session, locked);
    await note(session, { actor, act: 'staff-locked', id, reason: '' });
    return null;
  });
}

async function freshSecrets(desk: SignInDesk, name: string) {
  const codeSecret = randomBytes(codeSecretBytes);
  const oneTimePassword = randomBytes(oneTimePasswordBytes).toString('base64url');
  const passwordHash = await desk.passwords.withPlace((hasher) =>
    hasher.hash({ subject: staffHashSubject(name), password: oneTimePassword }),
  );
  if (passwordHash === 'busy') return 'busy' as const;
  return {
    kept: { passwordHash, totpSealed: desk.secrets.sealStaff(codeSecret) },
    shown: { oneTimePassword, otpauthUri: codeUri(codeSecret, name) },
  };
}

async function note(
  session: Session,
  of: { readonly actor: Actor; readonly act: string; readonly id: bigint; readonly reason: string },
): Promise<void> {
  const { actor, act, id, reason } = of;
  await recordAudit(session, [{ actor, act, subject: staffAuditSubject(id), reason }]);
}
