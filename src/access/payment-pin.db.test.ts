import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemActor } from '#audit/rules/event.ts';
import { openOwnerPool, openPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { openSecrets } from '#platform/secrets.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { cardRef } from '#testing/town.ts';
import { checkPin, releasePin, setPaymentPin } from './payment-pin.ts';

const secrets = openSecrets({ masterKeyHex: 'c0c0'.repeat(16), dataDir: '/' });
const account = (n: bigint) => cardRef(Number(n));
const operator = { kind: 'staff', id: 2n } as const;
let database: TestDatabase;
let owner: Pool;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  [owner, pool] = [openOwnerPool(database.url), openPool(database.url, 8)];
});
afterAll(async () => {
  await owner?.end();
  await pool?.end();
  await database?.drop();
});

const set = (n: bigint, pin = '135790') =>
  setPaymentPin(sessionOf(pool), secrets, { ...account(n), pin, actor: systemActor });
const check = (n: bigint, pin: string) =>
  checkPin(sessionOf(pool), { ...account(n), check: secrets.pinCheck(account(n).cardAccountId, pin) });

test('a PIN is right or wrong, and there is none before it is set', async () => {
  expect(await check(1n, '135790')).toBe('not-set');
  expect(await set(1n)).toBeNull();
  expect(await check(1n, '135790')).toBe('right');
  expect(await check(1n, '135791')).toBe('wrong');
});

test('two wrong ones are forgotten by a right one; three lock it, for the right one too', async () => {
  await set(2n);
  const pins = ['000001', '000002', '135790', '000001', '000002', '000003', '135790', '000004'];
  const answers = [];
  for (const pin of pins) answers.push(await check(2n, pin));
  expect(answers).toEqual(['wrong', 'wrong', 'right', 'wrong', 'wrong', 'wrong', 'locked', 'locked']);
  expect(await releasePin(sessionOf(pool), account(2n), operator)).toBe(true);
  expect(await check(2n, '135790')).toBe('right');
  expect(await releasePin(sessionOf(pool), account(99n), operator)).toBe(false);
});

test('a hundred guesses at once are three, even when the right one is among them', async () => {
  await set(3n);
  const guesses = Array.from({ length: 100 }, (_, i) =>
    check(3n, i === 60 ? '135790' : `0001${10 + (i % 90)}`),
  );
  const answers = await Promise.all(guesses);
  const judged = answers.filter((answer) => answer !== 'locked');
  expect(judged.length).toBeLessThanOrEqual(6);
  const isRight = answers.includes('right');
  if (!isRight) expect(judged).toEqual(['wrong', 'wrong', 'wrong']);
});

test('a new PIN forgets the failures; a simple one is not taken; the same PIN looks different on each account', async () => {
  await set(4n);
  for (const pin of ['000001', '000002', '000003']) await check(4n, pin);
  expect(await set(4n, '123456')).toBe('password-too-simple');
  expect(await check(4n, '135790')).toBe('locked');
  expect(await set(4n, '808182')).toBeNull();
  expect(await check(4n, '808182')).toBe('right');
  await set(5n, '808182');
  const { rows } = await owner.query('select distinct pin_check from access.holder_secrets');
  expect(rows).toHaveLength(5);
});
