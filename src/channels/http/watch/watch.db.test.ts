import { Hono } from 'hono';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { httpApp } from '#channels/http/app.ts';
import { callNoter } from '#channels/http/calls/note-calls.ts';
import { serveHttp } from '#channels/http/serve.ts';
import { openLog } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { lookOnce } from '#settlement/live/look.ts';
import { type HttpTown, openHttpTown } from '#testing/http/http-town.ts';

let database: TestDatabase;
let house: HttpTown;

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openHttpTown(database.url, { merchants: 1, cards: 2 });
});
afterAll(async () => {
  await house?.close();
  await database?.drop();
});

const look = () =>
  lookOnce({
    pool: house.parts.pool,
    queues: [{ name: 'visitors', statement: { name: 'visitors', text: 'select 3::bigint, 20::bigint' } }],
    pauseMs: 15_000,
    chain: { newMs: 5_000, againMs: 5_000 },
    atOnce: true,
  });

test('the lamp is what the last look found, and none before the first', async () => {
  expect((await house.read('/v1/books')).json).toMatchObject({ code: 'books-not-looked-at' });
  await look();
  expect((await house.read('/v1/books')).json).toMatchObject({
    state: 'green',
    currency: 'CNY',
    drift: 0,
    checks: ['drift', 'holds', 'day-totals', 'chain-head'].map((check) => ({ check, wrong: 0, amount: 0 })),
    findings: [],
    queues: [{ queue: 'visitors', waiting: 3, oldestSeconds: 20 }],
    behind: 0,
  });
});

test('a fen that is wrong is shown with its row', async () => {
  await house.owner.run({
    name: 'one-fen-more',
    text: 'update ledger.accounts set balance_fen = balance_fen + 1 where id = 16000002',
  });
  await look();
  expect((await house.read('/v1/books')).json).toMatchObject({
    state: 'red',
    drift: 1,
    findings: [{ check: 'drift', table: 'ledger.accounts', key: 'purses of kind online' }],
  });
});

test('every answer is counted by the pattern of its route, and a path that is not there by none of its own', async () => {
  await house.read('/v1/business-days/current');
  await house.app.request('/v1/business-days/2026-11-22/close/4000000000000000');
  await house.app.request('/v1/transactions');
  const text = await (await house.app.request('/metrics')).text();
  expect(text).toContain('one_card_http_requests_total{route="/v1/business-days/:date",status="2xx"} 1');
  expect(text).toContain('one_card_http_requests_total{route="none",status="4xx"} 2');
  expect(text).toContain('one_card_http_request_seconds_count{route="/v1/business-days/:date"} 1');
  expect(text).not.toContain('4000000000000000');
});

test('a page of an app beside it has the same name in the measures and in the log: that of its own route', async () => {
  const pages = new Hono();
  pages.get('/desk/cards/:id', (c) => c.text('a card'));
  const metrics = createMetrics();
  const app = httpApp({ ...house.parts, metrics }, [{ path: '/desk', app: pages }]);
  const lines: string[] = [];
  const log = openLog('info', { write: (line: string) => lines.push(line) });
  const server = await serveHttp(app, {
    host: '127.0.0.1',
    port: 0,
    note: callNoter({ log, logRequests: true }),
  });
  for (const path of ['/desk/cards/1000003', '/desk/none/1000003', '/v1/books'])
    await (await fetch(`http://127.0.0.1:${server.port}${path}`)).text();
  await expect.poll(() => lines.length).toBe(3);
  await server.stop();
  const said = lines.map((line) => JSON.parse(line).fields.route);
  expect(said.sort()).toEqual(['/desk/cards/:id', '/v1/books', null].sort());
  const text = await metrics.registry.metrics();
  for (const route of ['/desk/cards/:id', '/v1/books', 'none'])
    expect(text).toContain(`one_card_http_request_seconds_count{route="${route}"} 1`);
  expect(text).not.toContain('/*');
});
