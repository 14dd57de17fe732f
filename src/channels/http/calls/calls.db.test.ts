import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { httpApp } from '#channels/http/app.ts';
import { type HttpServer, serveHttp } from '#channels/http/serve.ts';
import { openLog, withRequestIds } from '#platform/log.ts';
import { isRequestId } from '#platform/rules/request-id.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { leaksIn, plantedTexts } from '#testing/fuzz/planted.ts';
import { payment } from '#testing/http/http-calls.ts';
import { financeToken, type HttpTown, openHttpTown } from '#testing/http/http-town.ts';
import { sendRaw } from '#testing/http/raw-http.ts';
import { callNoter } from './note-calls.ts';

const host = '127.0.0.1';
const mine = '3f2a9c1e-5b7d-4c8e-9a1f-0b2d4e6f8a1c';
const lines: string[] = [];
const stream = { write: (line: string) => void lines.push(line) };
const log = openLog('info', stream);
let database: TestDatabase;
let house: HttpTown;
let server: HttpServer;
let quiet: HttpServer;
let broken: HttpServer;

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openHttpTown(database.url, { log: withRequestIds(log) });
  server = await serveHttp(house.app, {
    host,
    port: 0,
    note: callNoter({ log, logRequests: true }),
  });
  quiet = await serveHttp(house.app, {
    host,
    port: 0,
    note: callNoter({ log, logRequests: false }),
  });
  const resolveCard = async () => {
    throw new Error('a bug of ours');
  };
  const session = { run: () => resolveCard() };
  const app = httpApp({ ...house.parts, resolveCard, session });
  broken = await serveHttp(app, { host, port: 0, note: null });
});
afterAll(async () => {
  for (const one of [server, quiet, broken]) await one?.stop();
  await house?.close();
  await database?.drop();
});
beforeEach(() => {
  lines.length = 0;
});

const parsed = () =>
  lines.map((line) => JSON.parse(line) as { level: number; msg: string; fields: Record<string, unknown> });
const addressOf = ({ port }: HttpServer) => `http://${host}:${port}`;
const pay = (to: HttpServer, headers: Record<string, string> = {}) => {
  const call = house.sign('/v1/transactions', payment());
  return fetch(`${addressOf(to)}/v1/transactions`, { ...call, headers: { ...call.headers, ...headers } });
};

describe('the id of a request', () => {
  test.each([
    ['an outcome', '/v1/transactions', 'POST'],
    ['a problem', '/v1/card-accounts/1000000/balances', 'GET'],
    ['a path that is not there', '/v9/nothing', 'GET'],
    ['a method that is not there', '/healthz', 'POST'],
    ['health', '/healthz', 'GET'],
    ['a document', '/openapi.json', 'GET'],
  ])('stands in the answer: %s', async (_, path, method) => {
    const answer =
      path === '/v1/transactions' ? await pay(quiet) : await fetch(addressOf(quiet) + path, { method });
    await answer.text();
    expect(isRequestId(answer.headers.get('request-id'))).toBe(true);
  });

  test('stands also in what is answered before there is a request', async () => {
    const ids = [`GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n`, 'nonsense\r\n\r\n'].map(
      async (text) => {
        const answer = await sendRaw(quiet.port, text);
        return /^request-id: (.*)$/im.exec(answer)?.[1]?.trim();
      },
    );
    for (const id of await Promise.all(ids)) expect(isRequestId(id)).toBe(true);
  });

  test('is the caller’s own where that is one', async () => {
    const answer = await pay(quiet, { 'request-id': mine });
    expect([answer.status, answer.headers.get('request-id')]).toEqual([200, mine]);
  });

  test('is ours for whatever else a caller writes there: none of it comes back or stands in the log', async () => {
    const given = [...plantedTexts.filter((text) => /^[\x20-\x7e]*$/.test(text)), '', `${mine}, ${mine}`];
    const answers = await Promise.all(
      given.map((text) => fetch(`${addressOf(server)}/healthz`, { headers: { 'request-id': text } })),
    );
    const ids = answers.map((answer) => answer.headers.get('request-id'));
    expect(ids.filter((id) => !isRequestId(id) || given.includes(id))).toEqual([]);
    expect(new Set(ids).size).toBe(given.length);
    await expect.poll(() => parsed().length).toBe(given.length);
    expect(parsed().flatMap(({ fields }) => leaksIn(JSON.stringify(fields)))).toEqual([]);
  });

  test.each([
    ['a payment', '/v1/transactions'],
    ['a read', '/v1/card-accounts/1000000/balances'],
  ])('of a fault is the same in the header, in the problem and in the log: %s', async (_, path) => {
    const headers = { 'request-id': mine };
    const answer =
      path === '/v1/transactions'
        ? await pay(broken, headers)
        : await fetch(addressOf(broken) + path, {
            headers: { ...headers, authorization: `Bearer ${financeToken}` },
          });
    expect([answer.status, answer.headers.get('request-id')]).toEqual([500, mine]);
    expect(await answer.json()).toMatchObject({ code: 'fault', requestId: mine });
    expect(parsed()).toMatchObject([{ msg: 'a request failed', fields: { requestId: mine } }]);
  });
});

describe('a line for each request', () => {
  test('says id, method, route, status and time', async () => {
    const answer = await pay(server, { 'request-id': mine });
    expect(answer.status).toBe(200);
    await expect.poll(() => parsed().length).toBe(1);
    expect(parsed()).toEqual([
      expect.objectContaining({
        msg: 'a request',
        fields: {
          ...{ requestId: mine, method: 'POST', route: '/v1/transactions', status: 200 },
          durationMs: expect.any(Number),
        },
      }),
    ]);
  });

  test('says the pattern of a path with somebody’s number, and nothing of a path that is not there', async () => {
    await fetch(`${addressOf(server)}/v1/card-accounts/1000003/balances?name=ZHANG`);
    await fetch(`${addressOf(server)}/v9/1000003`);
    await fetch(`${addressOf(server)}/healthz`, { method: 'HEAD' });
    await expect.poll(() => parsed().length).toBe(3);
    expect(parsed().map(({ fields }) => [fields['route'], fields['status']])).toEqual([
      ['/v1/card-accounts/:id/balances', 401],
      [null, 404],
      ['/healthz', 200],
    ]);
    expect(lines.join('')).not.toMatch(/1000003|ZHANG/);
  });

  test('is not written where nobody asked for it', async () => {
    expect((await pay(quiet)).status).toBe(200);
    expect(lines).toEqual([]);
  });

  test('is one of debug where debug is written', async () => {
    const debug = openLog('debug', stream);
    const note = callNoter({ log: debug, logRequests: false });
    const talkative = await serveHttp(house.app, { host, port: 0, note });
    await fetch(`${addressOf(talkative)}/healthz`);
    await expect.poll(() => parsed()).toMatchObject([{ level: 20, msg: 'a request' }]);
    await talkative.stop();
  });
});
