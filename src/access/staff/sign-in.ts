import { isWeakStaffPassword } from '#access/rules/staff-name.ts';
import { attempt, type Known, type SignInRefused } from '#access/sign-in/attempt.ts';
import type { SignInDesk } from '#access/sign-in/desk.ts';
import type { Bearer } from '#access/store.ts';
import { endAllSessions, type OpenedSession, openSession } from '#access/tokens.ts';
import { type Session, sessionOf } from '#platform/postgres.ts';
import { stepOfCode } from './one-time-codes.ts';
import { findStaff, findStaffByName, replaceStaffPassword, type StaffRow, takeCode } from './store.ts';

interface KnownStaff extends Known {
  readonly row: StaffRow;
}

/** What is hashed with a password of staff. */
export const staffHashSubject = (name: string) => `staff ${name}`;
export const staffTriesSubject = (name: string) => `staff ${name}`;
export const staffAuditSubject = (id: bigint) => `staff ${id}`;

function known(row: StaffRow | null): KnownStaff | null {
  if (row === null) return null;
  return {
    row,
    actor: { kind: 'staff', id: row.id },
    auditSubject: staffAuditSubject(row.id),
    hashSubject: staffHashSubject(row.name),
    passwordHash: row.passwordHash,
  };
}

/**
 * Signs a member of staff in by name, password and one-time code. Wrong name, password or code, a code that was
 * used, and somebody who is locked all get the same answer.
 */
export function signInStaff(
  desk: SignInDesk,
  asked: {
    readonly name: string;
    readonly password: string;
    readonly code: string;
    readonly address: string;
  },
): Promise<OpenedSession | SignInRefused> {
  return attempt<KnownStaff>(desk, {
    subject: staffTriesSubject(asked.name),
    address: asked.address,
    password: asked.password,
    act: 'staff-signed-in',
    find: async (session) => known(await findStaffByName(session, asked.name)),
    open: (session, who) => openForStaff(desk, { session, row: who.row, code: asked.code }),
  });
}

async function openForStaff(
  desk: SignInDesk,
  { session, row, code }: { readonly session: Session; readonly row: StaffRow; readonly code: string },
): Promise<OpenedSession | null> {
  const step = stepOfCode(desk.secrets.openStaff(row.totpSealed), code, desk.nowMs());
  if (step === null || !(await takeCode(session, row, step))) return null;
  return openSession(session, { role: row.role, subjectId: row.id, mustChange: row.mustChange });
}

/** Changes the password of whoever is signed in. All sessions of that person end, and a new one is opened. */
export async function changeStaffPassword(
  desk: SignInDesk,
  bearer: Bearer,
  asked: { readonly old: string; readonly new: string },
): Promise<OpenedSession | SignInRefused | { readonly refusal: 'password-too-simple' }> {
  const row = await findStaff(sessionOf(desk.pool), bearer.subjectId);
  const isWeak = asked.new === asked.old || isWeakStaffPassword(asked.new, row?.name ?? '');
  if (isWeak) return { refusal: 'password-too-simple' };
  let to = '';
  return attempt<KnownStaff>(desk, {
    subject: `staff-change ${bearer.subjectId}`,
    address: null,
    password: asked.old,
    act: 'staff-password-changed',
    find: async () => known(row),
    prepare: async (hasher, { hashSubject }) => {
      to = await hasher.hash({ subject: hashSubject, password: asked.new });
    },
    open: async (session, who) => {
      const { id, role, passwordHash: from } = who.row;
      if (!(await replaceStaffPassword(session, id, { from, to }))) return null;
      await endAllSessions(session, bearer);
      return openSession(session, { role, subjectId: id, mustChange: false });
    },
  });
}
