import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '#access/store.ts';
import { admitToken, openSession } from '#access/tokens.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { got } from '#testing/http/http-calls.ts';
import { type HttpTown, openHttpTown } from '#testing/http/http-town.ts';
import { mayCall, type RouteCaller, routeCallers, staffRoles } from '#testing/http/who-may-call.ts';
import { testStaff } from '#testing/staff.ts';
import { cardRef, merchantTerminal, town } from '#testing/town.ts';
import { openApiDocument } from './openapi.ts';

const bearers: Readonly<Record<Role, bigint>> = {
  administrator: testStaff.administrator,
  operator: testStaff.operator,
  finance: testStaff.finance,
  auditor: testStaff.auditor,
  holder: cardRef(0).cardAccountId,
  participant: BigInt(town.bankId),
};
const { paths } = openApiDocument() as { paths: Record<string, Record<string, unknown>> };
const routes = Object.entries(paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
);
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

const expiresAt = new Date('2099-01-01T00:00:00Z');
let keys = 0;
/** A sign-in of its own for every call: signing out ends it. Participants have keys, everybody else sessions. */
async function signIn(role: Role): Promise<string> {
  const bearer = { role, subjectId: bearers[role] };
  if (role !== 'participant') return (await openSession(house.owner, { ...bearer, mustChange: false })).token;
  const token = `key-of-a-participant-of-the-town-${++keys}`;
  await admitToken(house.owner, { ...bearer, token, expiresAt });
  return token;
}

/** Calls a route about something that is not there, so that whoever is let in changes nothing. */
async function call(route: string, caller: RouteCaller): Promise<number> {
  const [method = '', template = ''] = route.split(' ');
  const path = template
    .replace('/card-accounts/{id}', `/card-accounts/${bearers.holder}`)
    .replace('{date}', '2020-01-01')
    .replace('{id}', method === 'GET' && template.includes('utilities') ? String(town.bankId) : '987654321')
    .replace('{code}', 'none');
  const terminalId = path.includes('medical') ? town.hospitalTerminal : merchantTerminal(1);
  const signed = house.sign(path, method === 'GET' ? '' : {}, { method, terminalId });
  const headers: Record<string, string> =
    caller === 'terminal' ? signed.headers : { 'content-type': 'application/json' };
  if (caller !== 'nobody' && caller !== 'terminal')
    headers['authorization'] = `Bearer ${await signIn(caller)}`;
  const body = method === 'GET' ? {} : { body: signed.body };
  return (await got(house.app.request(path, { method, headers, ...body }))).status;
}

test('every route has a decision about who may call it, and no decision is about a route that is gone', () => {
  expect(Object.keys(mayCall).sort()).toEqual([...routes].sort());
});

test('no staff role that may move money or lives of cards is one that only reads or only administers', () => {
  const moves = (role: Role) =>
    Object.keys(mayCall).filter((route) => route.startsWith('POST') && mayCall[route]?.includes(role));
  const ofEveryStaff = Object.keys(mayCall).filter((route) =>
    staffRoles.every((role) => mayCall[route]?.includes(role)),
  );
  expect(moves('auditor').filter((route) => !ofEveryStaff.includes(route))).toEqual([
    'POST /v1/card-searches',
  ]);
  expect(
    moves('administrator')
      .filter((route) => moves('operator').includes(route))
      .sort(),
  ).toEqual(ofEveryStaff.filter((route) => route.startsWith('POST')).sort());
});

test.for(routes)('%s lets in whom it may and nobody else', async (route) => {
  const admitted: RouteCaller[] = [];
  for (const caller of routeCallers) {
    const status = await call(route, caller);
    expect(status, caller).toBeLessThan(500);
    if (status !== 401 && status !== 403) admitted.push(caller);
  }
  expect(new Set(admitted)).toEqual(new Set(mayCall[route]));
});
