import type { Bearer, Role } from '#access/store.ts';
import type { Session, Statement } from '#platform/postgres.ts';

/** The roles that staff have. */
export type StaffRole = Exclude<Role, 'holder' | 'participant'>;
export const staffRoles = [
  'administrator',
  'operator',
  'finance',
  'auditor',
] as const satisfies readonly StaffRole[];

/** What a member of staff is known and judged by at the desk. */
export interface StaffRow {
  readonly id: bigint;
  readonly name: string;
  readonly role: StaffRole;
  readonly state: 'active' | 'locked';
  readonly mustChange: boolean;
  readonly passwordHash: string;
  readonly totpSealed: Buffer;
}

const columns = 'id, sign_in_name, role, state, must_change, password_hash, totp_sealed';
const byName: Statement = {
  name: 'access-staff-by-name',
  text: `select ${columns} from access.staff where sign_in_name = $1`,
};
const byId: Statement = {
  name: 'access-staff-by-id',
  text: `select ${columns} from access.staff where id = $1`,
};

export async function findStaffByName(session: Session, name: string): Promise<StaffRow | null> {
  return staffRow((await session.run(byName, [name])).rows[0]);
}

export async function findStaff(session: Session, id: bigint): Promise<StaffRow | null> {
  return staffRow((await session.run(byId, [id])).rows[0]);
}

function staffRow(row: unknown[] | undefined): StaffRow | null {
  if (row === undefined) return null;
  const [id, name, role, state, mustChange, passwordHash, totpSealed] = row;
  return { id, name, role, state, mustChange, passwordHash, totpSealed } as StaffRow;
}

/** What an administrator sees of a member of staff: nothing that lets anybody in. */
export interface StaffLine {
  readonly id: bigint;
  readonly name: string;
  readonly displayName: string;
  readonly role: StaffRole;
  readonly locked: boolean;
}

const page: Statement = {
  name: 'access-staff-page',
  text: `select id, sign_in_name, display_name, role, state = 'locked' from access.staff
    where id > $1 order by id limit $2`,
};

/** Up to `limit` members of staff after this id, in the order of their ids. */
export async function listStaff(session: Session, after: bigint, limit: number): Promise<StaffLine[]> {
  const { rows } = await session.run(page, [after, limit]);
  return rows.map((row) => {
    const [id, name, displayName, role, locked] = row;
    return { id, name, displayName, role, locked } as StaffLine;
  });
}

const insert: Statement = {
  name: 'access-insert-staff',
  text: `insert into access.staff
      (sign_in_name, display_name, role, must_change, password_hash, totp_sealed, created_by)
    values ($1, $2, $3, true, $4, $5, $6) on conflict (sign_in_name) do nothing returning id`,
};

export interface NewStaff {
  readonly name: string;
  readonly displayName: string;
  readonly role: StaffRole;
  readonly passwordHash: string;
  readonly totpSealed: Buffer;
  /** Null was added at the machine. */
  readonly createdBy: bigint | null;
}

/** Adds a member of staff; null when the name is taken. */
export async function insertStaff(session: Session, staff: NewStaff): Promise<bigint | null> {
  const { name, displayName, role, passwordHash, totpSealed, createdBy } = staff;
  const { rows } = await session.run(insert, [name, displayName, role, passwordHash, totpSealed, createdBy]);
  return (rows[0]?.[0] as bigint | undefined) ?? null;
}

const useCode: Statement = {
  name: 'access-use-code',
  text: `update access.staff set last_totp_step = $3
    where id = $1 and password_hash = $2 and state = 'active' and last_totp_step < $3`,
};

/** Takes a code's step: false when it was used, or when password or state are others by now. */
export async function takeCode(
  session: Session,
  { id, passwordHash }: StaffRow,
  step: bigint,
): Promise<boolean> {
  return (await session.run(useCode, [id, passwordHash, step])).rowCount === 1;
}

const lock: Statement = {
  name: 'access-lock-staff',
  text: `update access.staff set state = 'locked' where id = $1 returning role, sign_in_name`,
};

/** Locks a member of staff: as whom the sessions are to be ended, or null for nobody. */
export async function setLocked(session: Session, id: bigint): Promise<Bearer | null> {
  const row = (await session.run(lock, [id])).rows[0];
  return row === undefined ? null : { role: row[0] as Role, subjectId: id };
}

const reset: Statement = {
  name: 'access-reset-staff',
  text: `update access.staff
    set state = 'active', must_change = true, password_hash = $2, totp_sealed = $3 where id = $1`,
};

/** Gives new first sign-ins to a member of staff, who may sign in again. */
export async function setFirstSignIn(
  session: Session,
  id: bigint,
  secrets: { readonly passwordHash: string; readonly totpSealed: Buffer },
): Promise<void> {
  await session.run(reset, [id, secrets.passwordHash, secrets.totpSealed]);
}

const password: Statement = {
  name: 'access-staff-password',
  text: `update access.staff set password_hash = $3, must_change = false
    where id = $1 and password_hash = $2 and state = 'active'`,
};

/** Puts a new password in the place of this one; false when it was another by now. */
export async function replaceStaffPassword(
  session: Session,
  id: bigint,
  hashes: { readonly from: string; readonly to: string },
): Promise<boolean> {
  return (await session.run(password, [id, hashes.from, hashes.to])).rowCount === 1;
}
