import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkPin, setPaymentPin } from '#access/payment-pin.ts';
import { setQueryPasswords } from '#access/query-password.ts';
import { admitToken } from '#access/tokens.ts';
import { systemActor } from '#audit/rules/event.ts';
import { sessionOf } from '#platform/postgres.ts';
import { openSecrets } from '#platform/secrets.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { expectProblem } from '#testing/http/expect-problem.ts';
import { payment } from '#testing/http/http-calls.ts';
import { type HttpTown, holderToken, masterKeyHex, openHttpTown } from '#testing/http/http-town.ts';
import { testStaff } from '#testing/staff.ts';
import { cardNumber, cardRef, merchantTerminal, town } from '#testing/town.ts';

const secrets = openSecrets({ masterKeyHex, dataDir: '/' });
const tokens = {
  administrator: 'administrator-token-of-the-test-town-1',
  operator: 'operator-token-of-the-test-town-000001',
  finance: 'finance-token-of-the-test-town-0001',
  auditor: 'auditor-token-of-the-test-town-0000001',
  holder: holderToken(0),
} as const;
let database: TestDatabase;
let house: HttpTown;

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openHttpTown(database.url, { cards: 4 });
  const expiresAt = new Date('2099-01-01T00:00:00Z');
  for (const role of ['administrator', 'operator', 'auditor'] as const) {
    await admitToken(house.owner, { role, subjectId: testStaff[role], token: tokens[role], expiresAt });
  }
});
afterAll(async () => {
  await house?.close();
  await database?.drop();
});

const card = { cardNumber: cardNumber(1) };
const signIn = (password: string) => house.send('/v1/holder-sign-ins', { ...card, password });

describe('each act', () => {
  const acts: readonly (readonly [string, unknown, keyof typeof tokens])[] = [
    ['/v1/staff', { name: 'person-1', displayName: '测试', role: 'operator' }, 'administrator'],
    ['/v1/staff/4/lock', {}, 'administrator'],
    ['/v1/staff/4/reset', {}, 'administrator'],
    ['/v1/api-keys', { participantId: 1 }, 'administrator'],
    ['/v1/api-keys/1/revocation', {}, 'administrator'],
    ['/v1/sign-in-locks/release', card, 'operator'],
    ['/v1/pin-locks/release', card, 'operator'],
    ['/v1/query-password-resets', card, 'operator'],
  ];

  test.each(acts)('%s is done by its one role, and by nobody else', async (path, body, allowed) => {
    expectProblem(await house.send(path, body), 'token-missing');
    for (const role of Object.keys(tokens) as (keyof typeof tokens)[]) {
      const answer = await house.send(path, body, tokens[role]);
      if (role === allowed) expect(answer.json.code).not.toBe('not-yours');
      else expectProblem(answer, 'not-yours');
    }
  });

  const reads: readonly (readonly [string, keyof typeof tokens | null])[] = [
    ['/v1/staff', 'administrator'],
    ['/v1/audit-events', 'auditor'],
    ['/v1/api-keys?participantId=1', 'administrator'],
    [`/v1/participants/mine/days/${town.firstDay}`, null],
  ];
  test.each(reads)('%s is read by its one role, and by nobody else', async (path, allowed) => {
    for (const role of Object.keys(tokens) as (keyof typeof tokens)[]) {
      const answer = await house.read(path, tokens[role]);
      if (role === allowed) expect(answer.status).toBe(200);
      else expectProblem(answer, 'not-yours');
    }
  });
});

describe('an administrator', () => {
  const send = (path: string, body: unknown = {}) => house.send(path, body, tokens.administrator);

  test('adds a member of staff once, shows the first sign-in once, and locks the person again', async () => {
    const person = { name: 'person-7', displayName: '测试', role: 'auditor' };
    const added = await send('/v1/staff', person);
    expect(added.json).toEqual({
      staffId: expect.stringMatching(/^1\d{3}$/),
      oneTimePassword: expect.stringMatching(/^[A-Za-z0-9_-]{20}$/),
      otpauthUri: expect.stringContaining('otpauth://totp/'),
    });
    expectProblem(await send('/v1/staff', person), 'name-taken');
    expectProblem(await send('/v1/staff', { ...person, role: 'holder' }), 'invalid-request');
    expect((await send(`/v1/staff/${added.json.staffId}/lock`)).status).toBe(200);
    expectProblem(await send('/v1/staff/999999/lock'), 'staff-unknown');
    expectProblem(await send('/v1/staff/x/reset'), 'staff-unknown');
    expectProblem(await send(`/v1/staff/${testStaff.administrator}/lock`), 'own-account');
  });

  test('finds by its id whom to lock, and sees who is locked, a page after the other and no secret', async () => {
    const read = (after: string) => house.read(`/v1/staff?after=${after}`, tokens.administrator);
    const person = { name: 'person-8', displayName: '测试', role: 'auditor' };
    const { staffId } = (await send('/v1/staff', person)).json;
    const before = String(BigInt(staffId) - 1n);
    const line = { staffId, ...person, locked: false };
    expect((await read(before)).json).toEqual({ staff: [line], nextAfter: null });
    await send(`/v1/staff/${staffId}/lock`);
    expect((await read(before)).json.staff).toEqual([{ ...line, locked: true }]);
    expect((await read(staffId)).json).toEqual({ staff: [], nextAfter: null });
    expectProblem(await read('x'), 'invalid-request');

    await house.owner.run(
      {
        name: 'test-many-staff',
        text: `insert into access.staff
          (sign_in_name, display_name, role, must_change, password_hash, totp_sealed)
        select 'crowd-' || n, 'x', 'auditor', true, password_hash, totp_sealed
        from access.staff, generate_series(1, 101) n where id = $1`,
      },
      [BigInt(staffId)],
    );
    const first = (await read(staffId)).json;
    expect(first.staff).toHaveLength(100);
    expect(first.nextAfter).toBe(first.staff.at(-1).staffId);
    expect((await read(first.nextAfter)).json).toMatchObject({
      staff: [{ name: 'crowd-101' }],
      nextAfter: null,
    });
  });

  test('gives a participant a key and revokes it', async () => {
    const { json: given } = await send('/v1/api-keys', { participantId: 2 });
    expect(given.key.slice(0, 6)).toBe(given.prefix);
    const list = await house.read('/v1/api-keys?participantId=2', tokens.administrator);
    expect(list.json.apiKeys).toMatchObject([
      { apiKeyId: given.apiKeyId, prefix: given.prefix, revokedAt: null },
    ]);
    expect(list.text).not.toContain(given.key);
    expect((await house.read(`/v1/participants/mine/days/${town.firstDay}`, given.key)).status).toBe(200);
    expect((await send(`/v1/api-keys/${given.apiKeyId}/revocation`)).status).toBe(200);
    expectProblem(await house.read('/v1/participants/mine/days/current', given.key), 'token-missing');
    expectProblem(await send('/v1/api-keys', { participantId: 424_242 }), 'participant-unknown');
    expectProblem(await send('/v1/api-keys/424242/revocation'), 'key-unknown');
    expectProblem(await house.read('/v1/api-keys', tokens.administrator), 'invalid-request');
  });
});

describe('a participant', () => {
  test('reads its own net of a day, and no number of another', async () => {
    for (const [merchant, amount] of [
      [1, 111],
      [2, 22_222],
    ] as const) {
      await house.post('/v1/transactions', payment({ amount }), { terminalId: merchantTerminal(merchant) });
    }
    const { json: key } = await house.send('/v1/api-keys', { participantId: 1 }, tokens.administrator);
    for (const date of [town.firstDay, 'current']) {
      const { json, text } = await house.read(`/v1/participants/mine/days/${date}`, key.key);
      expect(json).toEqual({
        businessDate: town.firstDay,
        state: 'open',
        currency: 'CNY',
        participantId: 1,
        debit: 0,
        credit: 111,
        net: 111,
        debitCount: 0,
        creditCount: 1,
      });
      expect(text).not.toMatch(/22222|22333|Participant/);
    }
    expectProblem(await house.read('/v1/participants/mine/days/2020-01-01', key.key), 'day-unknown');
    expectProblem(await house.read('/v1/participants/mine/days/yesterday', key.key), 'day-unknown');
    const { json: idle } = await house.send('/v1/api-keys', { participantId: 3 }, tokens.administrator);
    const { json } = await house.read('/v1/participants/mine/days/current', idle.key);
    expect(json).toMatchObject({ participantId: 3, net: 0, creditCount: 0 });
  });
});

describe('an operator', () => {
  const send = (path: string, body: unknown = card) => house.send(path, body, tokens.operator);

  test('gives a holder who forgot the password one to sign in with once', async () => {
    const { json } = await send('/v1/query-password-resets');
    expect(json).toEqual({
      cardAccountId: String(cardRef(1).cardAccountId),
      oneTimePassword: expect.stringMatching(/^\d{6}$/),
    });
    expect((await signIn(json.oneTimePassword)).json).toMatchObject({ mustChangePassword: true });
  });

  test('lets a holder try again who was wrong too often', async () => {
    const given = { ...cardRef(1), password: '246813', mustChange: false };
    await setQueryPasswords(house.parts.signIns, [given], systemActor);
    for (let tried = 0; tried < 3; tried += 1) expectProblem(await signIn('111112'), 'sign-in-wrong');
    expectProblem(await signIn('246813'), 'sign-in-delayed');
    expect((await send('/v1/sign-in-locks/release')).json).toEqual({ status: 'done' });
    expect((await signIn('246813')).status).toBe(200);
    expectProblem(await send('/v1/sign-in-locks/release', { cardNumber: '9999999999' }), 'card-unknown');
  });

  test('opens a payment PIN that was wrong too often', async () => {
    expectProblem(await send('/v1/pin-locks/release', { cardNumber: cardNumber(2) }), 'pin-not-set');
    const session = sessionOf(house.parts.reports);
    const { cardAccountId } = cardRef(1);
    const check = (pin: string) =>
      checkPin(session, { ...cardRef(1), check: secrets.pinCheck(cardAccountId, pin) });
    await setPaymentPin(session, secrets, { ...cardRef(1), pin: '135790', actor: systemActor });
    for (const pin of ['000001', '000002', '000003']) await check(pin);
    expect(await check('135790')).toBe('locked');
    expect((await send('/v1/pin-locks/release')).status).toBe(200);
    expect(await check('135790')).toBe('right');
  });
});

describe('an auditor', () => {
  test('reads the trail by page, subject and act: who did what, and never a number or a secret', async () => {
    const read = (query: string) => house.read(`/v1/audit-events${query}`, tokens.auditor);
    const { json: page } = await read('?limit=3');
    expect(page.events).toHaveLength(3);
    const { json: next } = await read(`?limit=3&before=${page.nextBefore}`);
    expect(BigInt(next.events[0].sequence)).toBe(BigInt(page.nextBefore) - 1n);
    const subject = `card-account ${cardRef(1).cardAccountId}`;
    const { json, text } = await read(`?limit=100&subject=${encodeURIComponent(subject)}`);
    const acts = new Set(json.events.map((event: { act: string }) => event.act));
    for (const act of ['sign-in-released', 'payment-pin-released', 'query-password-set', 'holder-signed-in'])
      expect(acts).toContain(act);
    expect(text).not.toContain(cardNumber(1));
    const released = await read('?act=payment-pin-released');
    expect(released.json.events[0].actor).toEqual({ kind: 'staff', id: String(testStaff.operator) });
    for (const query of ['?limit=0', '?limit=101', '?before=x', '?act=A', '?subject=9460000000000000'])
      expectProblem(await read(query), 'invalid-request');
  });
});
