import type { StaffRole } from '#access/staff/store.ts';
import type { Session } from '#platform/postgres.ts';

/** The staff of a test town, by role: what a test acts as. Two of each who meet over four eyes. */
export const testStaff = {
  administrator: 1n,
  operator: 2n,
  finance: 3n,
  'operator-2': 4n,
  'finance-2': 5n,
  auditor: 6n,
} as const;

const roleOf = (name: string) => name.replace(/-\d$/, '') as StaffRole;

/** Gives the books their test staff, whom proposals and keys refer to. They have no password; owner's session. */
export async function insertTestStaff(owner: Session): Promise<void> {
  for (const [name, id] of Object.entries(testStaff)) {
    await owner.run(
      {
        name: 'testing-insert-staff',
        text: `insert into access.staff
            (id, sign_in_name, display_name, role, must_change, password_hash, totp_sealed)
          values ($1, $2, $2, $3, false, '', '') on conflict (id) do nothing`,
      },
      [id, `test-${name}`, roleOf(name)],
    );
  }
}
