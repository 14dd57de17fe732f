import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { giveKey, listKeys, revokeKey } from '#access/api-keys.ts';
import type { SignInRefused } from '#access/sign-in/attempt.ts';
import { openSignInDesk, type SignInDesk } from '#access/sign-in/desk.ts';
import { bearerOf, type OpenedSession } from '#access/tokens.ts';
import { systemActor } from '#audit/rules/event.ts';
import { readAudit } from '#audit/store.ts';
import { openOwnerPool, openPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { openSecrets } from '#platform/secrets.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { addStaff, type FirstSignIn, lockStaff, resetStaff } from './keep-staff.ts';
import { codeAt } from './one-time-codes.ts';
import { changeStaffPassword, signInStaff } from './sign-in.ts';
import type { StaffRole } from './store.ts';

const secrets = openSecrets({ masterKeyHex: 'c0c0'.repeat(16), dataDir: '/' });
const machine = { actor: systemActor };
let database: TestDatabase;
let owner: Pool;
let pool: Pool;
let desk: SignInDesk;
let now = Date.parse('2026-11-25T08:00:00Z');

beforeAll(async () => {
  database = await createTestDatabase();
  [owner, pool] = [openOwnerPool(database.url), openPool(database.url, 4)];
  desk = openSignInDesk({ pool, secrets, nowMs: () => now });
});
afterAll(async () => {
  await owner?.end();
  await pool?.end();
  await database?.drop();
});

interface Person extends FirstSignIn {
  readonly name: string;
  readonly secret: Buffer;
}

let names = 0;
async function hire(role: StaffRole): Promise<Person> {
  const name = `person-${++names}`;
  const first = await addStaff(desk, { name, displayName: '测试', role }, machine);
  if (typeof first === 'string') throw new Error(first);
  const { rows } = await owner.query('select totp_sealed from access.staff where id = $1', [first.id]);
  return { ...first, name, secret: secrets.openStaff(rows[0]?.totp_sealed) };
}

/** A code that was not used yet: half a minute later. */
function nextCode(person: { secret: Buffer }): string {
  now += 60_000;
  return codeAt(person.secret, now);
}
const signIn = (person: Person, over: { name?: string; password?: string; code?: string } = {}) =>
  signInStaff(desk, {
    name: person.name,
    password: person.oneTimePassword,
    address: `192.0.2.${names}`,
    ...over,
    code: over.code ?? nextCode(person),
  });
const opened = (answer: object) => {
  if (!('token' in answer)) throw new Error((answer as SignInRefused).refusal);
  return answer as OpenedSession;
};
const wrong = { refusal: 'sign-in-wrong', retryAfterSeconds: null };

describe('a member of staff', () => {
  test('signs in with name, password and code, and has to change the first password', async () => {
    const person = await hire('finance');
    const session = opened(await signIn(person));
    expect(session).toMatchObject({ role: 'finance', subjectId: person.id, mustChange: true });
    const change = (next: string) =>
      changeStaffPassword(desk, session, { old: person.oneTimePassword, new: next });
    expect(await change('short')).toEqual({ refusal: 'password-too-simple' });
    expect(await change(person.oneTimePassword)).toEqual({ refusal: 'password-too-simple' });
    const changed = opened(await change('correct horse battery'));
    expect(await bearerOf(sessionOf(pool), session.token)).toBeNull();
    expect(await bearerOf(sessionOf(pool), changed.token)).toMatchObject({ mustChange: false });
    expect(await signIn(person)).toEqual(wrong);
    opened(await signIn(person, { password: 'correct horse battery' }));
  });

  test('uses a code once, and none that is older', async () => {
    const person = await hire('auditor');
    const code = nextCode(person);
    opened(await signIn(person, { code }));
    expect(await signIn(person, { code })).toEqual(wrong);
    const older = codeAt(person.secret, now);
    opened(await signIn(person, { code: codeAt(person.secret, now + 30_000) }));
    expect(await signIn(person, { code: older })).toEqual(wrong);
  });

  test('uses a code once also in two places at the same moment', async () => {
    const person = await hire('auditor');
    const code = nextCode(person);
    const answers = await Promise.all([signIn(person, { code }), signIn(person, { code })]);
    expect(answers.filter((answer) => 'token' in answer)).toHaveLength(1);
  });

  test('is not told whether name, password or code was wrong', async () => {
    const person = await hire('operator');
    expect(await signIn(person, { name: 'nobody-here' })).toEqual(wrong);
    expect(await signIn(person, { password: 'another password' })).toEqual(wrong);
    expect(await signIn(person, { code: '000000' })).toEqual(wrong);
    await lockStaff(desk, person.id, machine);
    expect(await signIn(person)).toMatchObject({ refusal: 'sign-in-wrong' });
  });

  test('is slowed after three wrong codes, whoever knows the password', async () => {
    const person = await hire('operator');
    for (let tried = 0; tried < 3; tried += 1) await signIn(person, { code: '000000' });
    expect(await signIn(person)).toMatchObject({ refusal: 'sign-in-delayed' });
  });

  test('who is locked is out at once, everywhere; a reset lets the person in with new secrets only', async () => {
    const person = await hire('operator');
    const session = opened(await signIn(person));
    expect(await lockStaff(desk, person.id, machine)).toBeNull();
    expect(await bearerOf(sessionOf(pool), session.token)).toBeNull();
    const first = await resetStaff(desk, person.id, machine);
    if (typeof first === 'string') throw new Error(first);
    expect(first.oneTimePassword).not.toBe(person.oneTimePassword);
    expect(await signIn(person)).toEqual(wrong);
    const { rows } = await owner.query('select totp_sealed from access.staff where id = $1', [person.id]);
    const again = { ...person, ...first, secret: secrets.openStaff(rows[0]?.totp_sealed) };
    expect(opened(await signIn(again))).toMatchObject({ mustChange: true });
  });

  test('has one name and one role, for ever', async () => {
    const person = await hire('operator');
    const twice = { name: person.name, displayName: '', role: 'finance' } as const;
    expect(await addStaff(desk, twice, machine)).toBe('name-taken');
    await expect(pool.query(`update access.staff set role = 'finance'`)).rejects.toThrow('permission');
    await expect(owner.query(`update access.staff set role = 'finance'`)).rejects.toThrow('keeps name');
    for (const anybody of [owner, pool]) {
      await expect(anybody.query('delete from access.staff')).rejects.toThrow();
    }
  });

  test('does not lock himself out', async () => {
    const { id } = await hire('administrator');
    expect(await lockStaff(desk, id, { actor: { kind: 'staff', id } })).toBe('own-account');
    expect(await lockStaff(desk, 999_999n, machine)).toBe('staff-unknown');
    expect(await resetStaff(desk, 999_999n, machine)).toBe('staff-unknown');
  });
});

describe('a key of a participant', () => {
  test('is given by an administrator, speaks for the participant, and is listed by its first letters', async () => {
    const { id } = await hire('administrator');
    const given = await giveKey(pool, 300_001n, { kind: 'staff', id });
    expect(await bearerOf(sessionOf(pool), given.key)).toEqual({
      role: 'participant',
      subjectId: 300_001n,
      mustChange: false,
    });
    const [line] = await listKeys(sessionOf(pool), 300_001n);
    expect(line).toMatchObject({ id: given.id, prefix: given.key.slice(0, 6), revokedAt: null });
    expect(Object.values(line ?? {}).join(' ')).not.toContain(given.key.slice(6));
  });

  test('that was revoked is over at once, and stays so', async () => {
    const { id } = await hire('administrator');
    const administrator = { kind: 'staff', id } as const;
    const { key, id: keyId } = await giveKey(pool, 300_002n, administrator);
    expect(await revokeKey(pool, keyId, administrator)).toBe(true);
    expect(await bearerOf(sessionOf(pool), key)).toBeNull();
    expect(await revokeKey(pool, keyId, administrator)).toBe(true);
    expect(await revokeKey(pool, 999_999n, administrator)).toBe(false);
  });

  test('is given by nobody else', async () => {
    const { id } = await hire('operator');
    await expect(giveKey(pool, 300_001n, { kind: 'staff', id })).rejects.toThrow('only an administrator');
    await expect(giveKey(pool, 300_001n, systemActor)).rejects.toThrow('only an administrator');
  });
});

test('what was done to staff and keys stands in the trail, without a secret', async () => {
  const acts = ['staff-added', 'staff-signed-in', 'staff-locked', 'staff-reset', 'staff-password-changed'];
  for (const act of [...acts, 'api-key-given', 'api-key-revoked']) {
    const found = await readAudit(sessionOf(pool), { before: null, subject: null, act, limit: 5 });
    expect(found.length, act).toBeGreaterThan(0);
  }
});
