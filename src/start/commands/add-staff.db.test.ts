import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSignInDesk } from '#access/sign-in/desk.ts';
import { codeAt } from '#access/staff/one-time-codes.ts';
import { signInStaff } from '#access/staff/sign-in.ts';
import { readAudit } from '#audit/store.ts';
import { seedSignIns } from '#demo/seed-sign-ins.ts';
import { demoStaff } from '#demo/sign-ins.ts';
import { readConfig } from '#platform/config.ts';
import { openOwnerPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { openSecrets } from '#platform/secrets.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { addStaffByHand } from './add-staff.ts';

const masterKeyHex = 'c0c0'.repeat(16);
const secrets = openSecrets({ masterKeyHex, dataDir: '/' });
const dataDir = mkdtempSync(join(tmpdir(), 'one-card-staff-'));
let database: TestDatabase;
let owner: Pool;
const add = (name: string, role: string, key = masterKeyHex) =>
  addStaffByHand(readConfig({ DATABASE_URL: database.url, DATA_DIR: dataDir, MASTER_KEY: key }), name, role);

beforeAll(async () => {
  database = await createTestDatabase();
  owner = openOwnerPool(database.url);
});
afterAll(async () => {
  await owner?.end();
  await database?.drop();
  rmSync(dataDir, { recursive: true });
});

test('the first administrator is added at the machine, and shown a first sign-in once', async () => {
  const text = await add('first-1', 'administrator');
  expect(text).toMatch(/one-time password {2}\S{20}/);
  expect(text).toContain('otpauth://totp/');
  const [event] = await readAudit(sessionOf(owner), {
    before: null,
    subject: null,
    act: 'staff-added',
    limit: 1,
  });
  expect(event).toMatchObject({ actor: { kind: 'system', id: 0n }, reason: 'administrator' });
});

test.each([
  ['a name that is taken', 'first-1', 'operator', 'is taken'],
  ['a role that there is not', 'second-1', 'holder', 'A role is one of'],
  ['a name that is none', 'Second One', 'operator', 'A sign-in name has'],
])('%s is refused in one sentence', async (...row) => {
  const [, name, role, words] = row;
  await expect(add(name, role)).rejects.toThrow(words);
});

test('another master key than the data set’s is refused: its secrets could never be opened', async () => {
  await expect(add('second-1', 'operator', 'ff'.repeat(32))).rejects.toThrow('another master key');
});

test('the demonstration’s staff sign in, and a second start changes nothing', async () => {
  await seedSignIns(owner, secrets);
  const before = await owner.query('select array_agg(s::text) as all from access.staff s');
  await seedSignIns(owner, secrets);
  const after = await owner.query('select array_agg(s::text) as all from access.staff s');
  expect(after.rows).toEqual(before.rows);
  const desk = openSignInDesk({ pool: owner, secrets });
  for (const { name, role, password, codeSecret } of demoStaff(secrets)) {
    const code = codeAt(codeSecret, Date.now());
    const answer = await signInStaff(desk, { name, password, code, address: '192.0.2.1' });
    expect(answer).toMatchObject({ role, mustChange: false });
  }
});
