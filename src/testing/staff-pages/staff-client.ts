import { addStaff } from '#access/staff/keep-staff.ts';
import { codeAt } from '#access/staff/one-time-codes.ts';
import type { StaffRole } from '#access/staff/store.ts';
import { systemActor } from '#audit/rules/event.ts';
import type { HttpParts } from '#channels/http/parts.ts';
import { type HolderClient, holderClient } from '#testing/holder/holder-client.ts';
import type { HolderTown } from '#testing/holder/holder-town.ts';

/** A member of staff of a test, with what signs them in. */
export interface TestMember {
  readonly id: bigint;
  readonly name: string;
  readonly role: StaffRole;
  readonly oneTimePassword: string;
  /**
   * The code of this step of 30 seconds, or of the next: each is good once. One step off either way is taken, so a step
   * that ends on the way harms neither.
   */
  code(step: 0 | 1): string;
}

const stepMs = 30_000;
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Adds a member of staff as an administrator does. */
export async function addMember(
  { signIns }: Pick<HttpParts, 'signIns'>,
  of: { readonly name: string; readonly displayName: string; readonly role: StaffRole },
): Promise<TestMember> {
  const added = await addStaff(signIns, of, { actor: systemActor });
  if (typeof added === 'string') throw new Error(`a member of staff was not added: ${added}`);
  const secret = bytesOf(new URL(added.otpauthUri).searchParams.get('secret') ?? '');
  const code = (step: number) => codeAt(secret, Date.now() + step * stepMs);
  return { id: added.id, name: of.name, role: of.role, oneTimePassword: added.oneTimePassword, code };
}

function bytesOf(text: string): Buffer {
  let bits = '';
  for (const letter of text.replaceAll('=', '')) bits += base32.indexOf(letter).toString(2).padStart(5, '0');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

export const memberPassword = 'a long password of a test';

/** A browser's bare minimum whose member has signed in for the first time and changed the password. */
export async function signedInClient(app: HolderTown['app'], member: TestMember): Promise<HolderClient> {
  const client = holderClient(app);
  const { name, oneTimePassword: password } = member;
  await client.submit('/staff/sign-in', '/staff/sign-in', { name, password, code: member.code(0) });
  const changed = await client.submit('/staff/password', '/staff/password', {
    ...{ current: password, next: memberPassword, again: memberPassword },
  });
  if (changed.location !== '/staff/password?done=1') throw new Error('a first password was not changed');
  return client;
}
