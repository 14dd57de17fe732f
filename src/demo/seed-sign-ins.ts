import { findWithoutPassword } from '#access/holder-secrets.ts';
import { setPaymentPin } from '#access/payment-pin.ts';
import { setQueryPasswords } from '#access/query-password.ts';
import { openSignInDesk } from '#access/sign-in/desk.ts';
import { enrolStaff } from '#access/staff/enrol-staff.ts';
import { systemActor } from '#audit/rules/event.ts';
import { bucketOf } from '#ledger/rules/accounts.ts';
import { type Pool, sessionOf } from '#platform/postgres.ts';
import type { Secrets } from '#platform/secrets.ts';
import { demoPaymentPin, demoQueryPassword, demoSignIns, demoStaff } from './sign-ins.ts';

/**
 * Lets the demonstration's staff and first holders sign in. Hashes take their time, so only who has no password
 * yet gets one, and whoever changed it keeps the new one. Needs the owner's pool.
 */
export async function seedSignIns(owner: Pool, secrets: Secrets): Promise<void> {
  const desk = openSignInDesk({ pool: owner, secrets });
  const session = sessionOf(owner);
  await enrolStaff(desk, demoStaff(secrets));
  const holders = demoSignIns(secrets).holders.map(({ cardAccountId }) => {
    const id = BigInt(cardAccountId);
    return { cardAccountId: id, bucket: bucketOf(id) };
  });
  const missing = await findWithoutPassword(session, holders);
  if (missing.length === 0) return;
  for (const holder of missing) {
    await setPaymentPin(session, secrets, { ...holder, pin: demoPaymentPin, actor: systemActor });
  }
  const given = missing.map((holder) => ({ ...holder, password: demoQueryPassword, mustChange: false }));
  const refusal = await setQueryPasswords(desk, given, systemActor);
  if (refusal !== null) throw new Error(`the demonstration's query passwords: ${refusal}`);
}
