import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkPin } from '#access/payment-pin.ts';
import { setQueryPasswords } from '#access/query-password.ts';
import { openSignInDesk } from '#access/sign-in/desk.ts';
import { addStaff } from '#access/staff/keep-staff.ts';
import { codeAt } from '#access/staff/one-time-codes.ts';
import { systemActor } from '#audit/rules/event.ts';
import { httpApp } from '#channels/http/app.ts';
import { type HttpServer, serveHttp } from '#channels/http/serve.ts';
import { sessionOf } from '#platform/postgres.ts';
import { openSecrets } from '#platform/secrets.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { expectProblem } from '#testing/http/expect-problem.ts';
import { type HttpTown, holderToken, masterKeyHex, openHttpTown } from '#testing/http/http-town.ts';
import { cardNumber, cardRef } from '#testing/town.ts';

const secrets = openSecrets({ masterKeyHex, dataDir: '/' });
const right = '246813';
let database: TestDatabase;
let house: HttpTown;
let server: HttpServer;

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openHttpTown(database.url, { cards: 8 });
  server = await serveHttp(house.app, { host: '127.0.0.1', port: 0 });
  const given = [0, 1, 2, 3, 4].map((n) => ({ ...cardRef(n), password: right, mustChange: n === 4 }));
  expect(await setQueryPasswords(house.parts.signIns, given, systemActor)).toBeNull();
});
afterAll(async () => {
  await server?.stop();
  await house?.close();
  await database?.drop();
});

const signIn = (card: number, password = right) =>
  house.send('/v1/holder-sign-ins', { cardNumber: cardNumber(card), password });
const own = '/v1/card-accounts/mine/balances';

describe('a holder', () => {
  test('signs in, reads the own balances, and signs out', async () => {
    const { status, json, headers } = await signIn(0);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(json).toEqual({
      token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      role: 'holder',
      subjectId: String(cardRef(0).cardAccountId),
      expiresAt: expect.any(String),
      idleSeconds: 600,
      mustChangePassword: false,
    });
    expect((await house.read(own, json.token)).status).toBe(200);
    expect((await house.send('/v1/sign-outs', {}, json.token)).json).toEqual({ status: 'done' });
    expectProblem(await house.read(own, json.token), 'token-missing');
    expectProblem(await house.send('/v1/sign-outs', {}, json.token), 'token-missing');
  });

  test('who was given a password can do nothing but change it', async () => {
    const { json: given } = await signIn(4);
    expect(given.mustChangePassword).toBe(true);
    expectProblem(await house.read(own, given.token), 'password-change-first');
    const path = '/v1/card-accounts/mine/query-password';
    expectProblem(await house.send(path, { old: right, new: '111111' }, given.token), 'password-too-simple');
    expectProblem(await house.send(path, { old: '808182', new: '909192' }, given.token), 'sign-in-wrong');
    const changed = await house.send(path, { old: right, new: '808182' }, given.token);
    expect(changed.status).toBe(200);
    expectProblem(await house.read(own, given.token), 'token-missing');
    expect((await house.read(own, changed.json.token)).status).toBe(200);
  });

  test('chooses a payment PIN, knowing the query password', async () => {
    const { json } = await signIn(1);
    const path = '/v1/card-accounts/mine/payment-pin';
    const choose = (body: object) => house.send(path, body, json.token);
    expectProblem(await choose({ password: '808182', pin: '135790' }), 'sign-in-wrong');
    expectProblem(await choose({ password: right, pin: '222222' }), 'password-too-simple');
    expectProblem(await choose({ password: right, pin: right }), 'password-too-simple');
    expect((await choose({ password: right, pin: '135790' })).json).toEqual({ status: 'done' });
    const check = secrets.pinCheck(cardRef(1).cardAccountId, '135790');
    expect(await checkPin(sessionOf(house.parts.reports), { ...cardRef(1), check })).toBe('right');
  });

  test('with a token that no password opened does not sign out', async () => {
    expectProblem(await house.send('/v1/sign-outs', {}, holderToken(0)), 'not-yours');
  });
});

describe('whoever tries', () => {
  test('is not told whether there is such a card, or whether it has a password', async () => {
    const tries = async (card: number) => {
      const answers = [];
      for (let tried = 0; tried < 5; tried += 1) {
        const { status, text, headers } = await signIn(card, '111112');
        answers.push({ status, text, retryAfter: headers.get('retry-after'), names: [...headers.keys()] });
      }
      return answers;
    };
    const known = await tries(2);
    expect(known.map(({ status }) => status)).toEqual([401, 401, 401, 429, 429]);
    expect(known[4]?.retryAfter).toBe('1');
    expect(await tries(6)).toEqual(known);
    expect(await tries(777_777)).toEqual(known);
  });

  test.each([
    ['no JSON', '{', 'invalid-json'],
    ['another shape', '{"cardNumber":"9000000000000000"}', 'invalid-request'],
    ['a number as password', '{"cardNumber":"9000000000000000","password":246813}', 'invalid-request'],
    [
      'a long password',
      `{"cardNumber":"9000000000000000","password":"${'1'.repeat(99)}"}`,
      'invalid-request',
    ],
  ] as const)('with %s is told what is wrong, without the value', async (...row) => {
    const [, body, code] = row;
    const headers = { 'content-type': 'application/json' };
    const answer = await house.app.request('/v1/holder-sign-ins', { method: 'POST', headers, body });
    const text = await answer.text();
    expect(JSON.parse(text).code).toBe(code);
    expect(text).not.toMatch(/9000000000000000|246813|1111/);
  });

  test('as somebody else than JSON is not read', async () => {
    const answer = await house.app.request('/v1/holder-sign-ins', { method: 'POST', body: 'x' });
    expect(answer.status).toBe(415);
  });

  test('too often from one address waits, while another address is served', async () => {
    const strict = await serveHttp(strictHouse().app, { host: '127.0.0.1', port: 0 });
    const from = (localAddress: string, card: number, password: string) =>
      postFrom(localAddress, strict.port, { body: { cardNumber: cardNumber(card), password } });
    const statuses = [];
    for (let tried = 0; tried < 7; tried += 1) {
      statuses.push((await from('127.0.0.7', 100_000 + tried, right)).status);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
    const refused = await from('127.0.0.7', 3, right);
    expect(refused).toMatchObject({ status: 429, code: 'too-many-tries' });
    expect(Number(refused.retryAfter)).toBeGreaterThan(0);
    expect(await from('127.0.0.8', 3, right)).toMatchObject({ status: 200 });
    await strict.stop();
  });

  test('behind a proxy are as many addresses as it names: one that tries too often keeps nobody else out', async () => {
    const strict = await serveHttp(strictHouse('127.0.0.9').app, { host: '127.0.0.1', port: 0 });
    const body = { cardNumber: cardNumber(3), password: right };
    const from = (localAddress: string, forwardedFor: string) =>
      postFrom(localAddress, strict.port, { body, forwardedFor });
    const statuses = [];
    for (let tried = 0; tried < 6; tried += 1)
      statuses.push((await from('127.0.0.9', `1.1.1.${tried}, 198.51.100.7`)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
    expect(await from('127.0.0.9', '198.51.100.8')).toMatchObject({ status: 200 });
    // Who is not the proxy speaks for nobody.
    const others = [];
    for (let tried = 0; tried < 6; tried += 1)
      others.push((await from('127.0.0.10', `203.0.113.${tried}`)).status);
    expect(others).toEqual([200, 200, 200, 200, 200, 429]);
    await strict.stop();
  });
});

describe('a member of staff', () => {
  test('signs in with a code, changes the first password, and is told nothing else', async () => {
    const first = await addStaff(
      house.parts.signIns,
      { name: 'finance-9', displayName: '测试', role: 'finance' },
      { actor: systemActor },
    );
    if (typeof first === 'string') throw new Error(first);
    const secret = new URL(first.otpauthUri).searchParams.get('secret') ?? '';
    const code = (offMs = 0) => codeAt(base32(secret), Date.now() + offMs);
    const body = { name: 'finance-9', password: first.oneTimePassword, code: code() };
    const path = '/v1/staff-sign-ins';
    expectProblem(await house.send(path, { ...body, name: 'nobody-9' }), 'sign-in-wrong');
    expectProblem(await house.send(path, { ...body, password: 'another' }), 'sign-in-wrong');
    const signedIn = await house.send(path, body);
    expect(signedIn.json).toMatchObject({ role: 'finance', mustChangePassword: true, idleSeconds: 900 });
    expectProblem(await house.send(path, body), 'sign-in-wrong');
    const { token } = signedIn.json;
    expectProblem(await house.read('/v1/business-days/current', token), 'password-change-first');
    const mine = '/v1/staff/mine/password';
    const change = { old: first.oneTimePassword, new: 'correct horse battery' };
    expectProblem(await house.send(mine, { ...change, new: 'short' }, token), 'password-too-simple');
    const changed = await house.send(mine, change, token);
    expect((await house.read('/v1/business-days/current', changed.json.token)).status).toBe(200);
    const later = await house.send(path, { ...body, password: change.new, code: code(30_000) });
    expect(later.json).toMatchObject({ role: 'finance', mustChangePassword: false });
    expectProblem(await house.send(mine, change, holderToken(0)), 'not-yours');
  });
});

/** The same house with a strict limit for each address. */
function strictHouse(proxyAddress?: string) {
  const { pool } = house.parts.signIns;
  const signIns = openSignInDesk({ pool, secrets, triesPerMinuteMax: 5, proxyAddress });
  return { app: httpApp({ ...house.parts, signIns }) };
}

function postFrom(
  localAddress: string,
  port: number,
  { body, forwardedFor }: { readonly body: object; readonly forwardedFor?: string },
): Promise<{ status: number; code: string; retryAfter: string | undefined }> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, localAddress, method: 'POST', path: '/v1/holder-sign-ins' };
    const forwarded = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor };
    const headers = { 'content-type': 'application/json', ...forwarded };
    const call = request({ ...options, headers, agent: false }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          code: JSON.parse(text).code,
          retryAfter: answer.headers['retry-after'],
        }),
      );
    });
    call.on('error', reject);
    call.end(JSON.stringify(body));
  });
}

function base32(text: string): Buffer {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...text].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
