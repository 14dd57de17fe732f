import type { SignInDesk } from '#access/sign-in/desk.ts';
import { type Session, type Statement, sessionOf } from '#platform/postgres.ts';
import { staffHashSubject } from './sign-in.ts';
import type { StaffRole } from './store.ts';

/** A member of staff of a demonstration: number and secrets are chosen, and nothing has to be changed. */
export interface ChosenStaff {
  readonly id: bigint;
  readonly name: string;
  readonly displayName: string;
  readonly role: StaffRole;
  readonly password: string;
  readonly codeSecret: Buffer;
}

const there: Statement = { name: 'access-staff-there', text: 'select id from access.staff' };
const insert: Statement = {
  name: 'access-enrol-staff',
  text: `insert into access.staff (id, sign_in_name, display_name, role, must_change, password_hash, totp_sealed)
    values ($1, $2, $3, $4, false, $5, $6) on conflict do nothing`,
};

/** Enrols those who are not there; whoever is stays as he is. Needs a desk of the books' owner. */
export async function enrolStaff(desk: SignInDesk, chosen: readonly ChosenStaff[]): Promise<void> {
  const session = sessionOf(desk.pool);
  const known = new Set((await session.run(there)).rows.map((row) => row[0] as bigint));
  for (const staff of chosen.filter(({ id }) => !known.has(id))) await enrol(desk, session, staff);
}

async function enrol(desk: SignInDesk, session: Session, staff: ChosenStaff): Promise<void> {
  const said = { subject: staffHashSubject(staff.name), password: staff.password };
  const hash = await desk.passwords.withPlace((hasher) => hasher.hash(said));
  const sealed = desk.secrets.sealStaff(staff.codeSecret);
  await session.run(insert, [staff.id, staff.name, staff.displayName, staff.role, hash, sealed]);
}
