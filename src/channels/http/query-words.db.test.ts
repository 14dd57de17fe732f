import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { got } from '#testing/http/http-calls.ts';
import {
  auditorToken,
  financeToken,
  type HttpTown,
  holderToken,
  openHttpTown,
} from '#testing/http/http-town.ts';

let database: TestDatabase;
let house: HttpTown;

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openHttpTown(database.url, { merchants: 1, cards: 1 });
});
afterAll(async () => {
  await house?.close();
  await database?.drop();
});

const unknown = { path: 'query', message: 'a word that the interface does not know' };

describe('a query', () => {
  test.for([
    ['a word of no route', '/v1/audit-events?notKnown=1', auditorToken],
    ['a word of another route', '/v1/terminal-batches?before=1', financeToken],
    ['a word where the route has none', '/v1/card-accounts/mine/balances?limit=5', holderToken(0)],
    ['a word in other letters', '/v1/audit-events?Limit=5', auditorToken],
    ['an empty word', '/v1/audit-events?=5', auditorToken],
    ['a word of known ones', '/v1/audit-events?limit=5&x', auditorToken],
  ] as const)('that says %s is refused', async ([, path, token]) => {
    const { status, json } = await house.read(path, token);
    expect([status, json.code, json.errors]).toEqual([400, 'invalid-request', [unknown]]);
  });

  test('that says a word twice is refused: who said which would be a guess', async () => {
    const { status, json } = await house.read('/v1/audit-events?limit=5&limit=6', auditorToken);
    expect([status, json.errors]).toEqual([400, [{ path: 'query', message: 'a word that is said twice' }]]);
  });

  test('that says what the route knows is taken', async () => {
    expect((await house.read('/v1/audit-events?limit=5', auditorToken)).status).toBe(200);
    expect((await house.read('/v1/card-accounts/mine/history?limit=5', holderToken(0))).status).toBe(200);
  });

  test('of a terminal is signed with the path, and refused where the route knows no such word', async () => {
    const refused = await house.post('/v1/hot-list?notKnown=1', {});
    expect([refused.status, refused.json.errors]).toEqual([400, [unknown]]);
    expect((await house.post('/v1/hot-list', {})).status).toBe(200);
  });

  test('is looked at only once the caller is let in, and its words are not repeated', async () => {
    const path = '/v1/audit-events?secret=9460000000000001';
    expect((await got(house.app.request(path))).status).toBe(401);
    expect((await house.read(path, financeToken)).status).toBe(403);
    expect((await house.read(path, auditorToken)).text).not.toMatch(/secret|9460/);
  });
});

test.for([
  ['application/json', 200],
  ['application/json; charset=utf-8', 200],
  ['application/json; charset="UTF-8"', 200],
  ['application/json; charset=utf-16', 415],
  ['application/json; charset=latin1', 415],
  ['text/json', 415],
] as const)('a body that says it is %s is answered %i', async ([type, status]) => {
  const headers = { 'content-type': type };
  expect((await house.post('/v1/hot-list', {}, { headers })).status).toBe(status);
});
