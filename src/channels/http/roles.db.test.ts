import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '#access/store.ts';
import { admitToken, openSession } from '#access/tokens.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { got } from '#testing/http/http-calls.ts';
import { type HttpTown, openHttpTown } from '#testing/http/http-town.ts';
import { testStaff } from '#testing/staff.ts';
import { cardRef, merchantTerminal, town } from '#testing/town.ts';
import { openApiDocument } from './openapi.ts';

type Caller = 'nobody' | 'terminal' | Role;
const bearers: Readonly<Record<Role, bigint>> = {
  administrator: testStaff.administrator,
  operator: testStaff.operator,
  finance: testStaff.finance,
  auditor: testStaff.auditor,
  holder: cardRef(0).cardAccountId,
  participant: BigInt(town.bankId),
};
const callers: readonly Caller[] = ['nobody', 'terminal', ...(Object.keys(bearers) as Role[])];
const anybody = callers;
const staff: readonly Role[] = ['administrator', 'operator', 'finance', 'auditor'];
const readsSubsidies: readonly Role[] = ['operator', 'finance', 'auditor', 'participant'];
const looksAtCards: readonly Role[] = ['holder', 'finance', 'auditor'];

/** Who may: the whole decision, in one place. A route that is not here fails the test. */
const mayCall: Readonly<Record<string, readonly Caller[]>> = {
  'POST /v1/transactions': ['terminal'],
  'POST /v1/transactions/batch': ['terminal'],
  'POST /v1/holds': ['terminal'],
  'POST /v1/holds/{id}/captures': ['terminal'],
  'POST /v1/holds/{id}/void': ['terminal'],
  'POST /v1/transactions/{id}/void': ['terminal'],
  'POST /v1/transactions/{id}/refunds': ['terminal'],
  'POST /v1/reversals': ['terminal'],
  'POST /v1/card-inquiries': ['terminal'],
  'POST /v1/hot-list': ['terminal'],
  'POST /v1/bill-queries': ['terminal'],
  'POST /v1/bill-payments': ['terminal'],
  'POST /v1/bill-payments/inquiries': ['terminal'],
  'POST /v1/medical/pre-settlements': ['terminal'],
  'POST /v1/medical/settlements': ['terminal'],
  'POST /v1/medical/settlements/cancellations': ['terminal'],
  'POST /v1/medical/reversals': ['terminal'],

  'POST /v1/holder-sign-ins': anybody,
  'POST /v1/staff-sign-ins': anybody,
  'POST /v1/sign-outs': [...staff, 'holder'],
  'POST /v1/staff/mine/password': staff,

  'POST /v1/card-accounts/mine/query-password': ['holder'],
  'POST /v1/card-accounts/mine/payment-pin': ['holder'],
  'POST /v1/card-accounts/mine/loss-reports': ['holder'],
  'POST /v1/card-accounts/mine/loads': ['holder'],
  'POST /v1/card-accounts/mine/auto-top-up': ['holder'],
  'POST /v1/card-accounts/mine/auto-top-up/revocation': ['holder'],
  'GET /v1/card-accounts/mine/auto-top-up': ['holder'],
  'GET /v1/card-accounts/mine/loads/{id}': ['holder'],
  'GET /v1/card-accounts/{id}/balances': looksAtCards,
  'GET /v1/card-accounts/{id}/history': looksAtCards,
  'GET /v1/card-accounts/{id}/riding': looksAtCards,
  'GET /v1/card-accounts/{id}/subsidies': looksAtCards,

  'POST /v1/staff': ['administrator'],
  'GET /v1/staff': ['administrator'],
  'POST /v1/staff/{id}/lock': ['administrator'],
  'POST /v1/staff/{id}/reset': ['administrator'],
  'POST /v1/api-keys': ['administrator'],
  'POST /v1/api-keys/{id}/revocation': ['administrator'],
  'GET /v1/api-keys': ['administrator'],
  'POST /v1/utilities': ['administrator'],

  'POST /v1/sign-in-locks/release': ['operator'],
  'POST /v1/pin-locks/release': ['operator'],
  'POST /v1/query-password-resets': ['operator'],
  'POST /v1/card-applications': ['operator'],
  'POST /v1/cards': ['operator'],
  'POST /v1/cards/{id}/activation': ['operator'],
  'POST /v1/cards/{id}/steps': ['operator'],
  'POST /v1/cards/{id}/replacement': ['operator'],
  'POST /v1/card-searches': ['operator', 'auditor'],
  'GET /v1/cards/{id}': ['operator', 'auditor'],
  'POST /v1/compensations': ['operator'],
  'POST /v1/card-accounts/{id}/concessions': ['operator'],
  'POST /v1/card-accounts/{id}/bank-bindings': ['operator'],
  'POST /v1/load-orders/resumptions': ['operator'],
  'GET /v1/load-orders/failed': ['operator', 'finance', 'auditor'],

  'POST /v1/subsidy-programmes': ['operator'],
  'POST /v1/subsidy-programmes/{code}/batches': ['operator'],
  'POST /v1/subsidy-batches/{id}/corrections': ['operator'],
  'POST /v1/subsidy-batches/{id}/publication': ['operator'],
  'POST /v1/subsidy-batches/{id}/proposal': ['operator'],
  'POST /v1/subsidy-batches/{id}/withdrawal': ['operator'],
  // The second person: never who may propose.
  'POST /v1/subsidy-batches/{id}/decision': ['finance'],
  'POST /v1/subsidy-batches/{id}/run': ['operator', 'finance'],
  'GET /v1/subsidy-programmes': readsSubsidies,
  'GET /v1/subsidy-batches': readsSubsidies,
  'GET /v1/subsidy-batches/{id}': readsSubsidies,
  'GET /v1/subsidy-batches/{id}/lines': readsSubsidies,

  'POST /v1/business-days/{date}/close': ['finance'],
  'GET /v1/business-days/{date}': ['finance', 'auditor'],
  'GET /v1/business-days/{date}/nets': ['finance', 'auditor'],
  'GET /v1/books': ['finance', 'auditor'],
  'GET /v1/terminal-batches': ['finance', 'auditor'],
  'GET /v1/terminal-batches/{terminalId}/{batchNumber}': ['finance', 'auditor'],
  'GET /v1/utilities/{id}/day-files/{date}': ['finance', 'auditor', 'participant'],
  'GET /v1/participants/mine/days/{date}': ['participant'],
  'GET /v1/participants/mine/transactions': ['participant'],
  'GET /v1/participants/mine/transactions/{id}': ['participant'],
  'GET /v1/participants/mine/days': ['participant'],
  'GET /v1/participants/mine/nets': ['participant'],
  'GET /v1/audit-events': ['auditor'],

  'POST /v1/participants/mine/webhook-endpoints': ['participant'],
  'GET /v1/participants/mine/webhook-endpoints': ['participant'],
  'POST /v1/participants/mine/webhook-endpoints/{id}/rotation': ['participant'],
  'POST /v1/participants/mine/webhook-endpoints/{id}/disable': ['participant'],
  'POST /v1/participants/mine/webhook-endpoints/{id}/enable': ['participant'],
  'POST /v1/participants/mine/webhook-endpoints/{id}/test': ['participant'],
  'GET /v1/participants/mine/webhook-endpoints/{id}/messages': ['participant'],
  'GET /v1/participants/mine/webhook-endpoints/{id}/messages/{messageId}': ['participant'],
  'POST /v1/participants/mine/webhook-endpoints/{id}/messages/{messageId}/replay': ['participant'],
  'POST /v1/participants/mine/webhook-endpoints/{id}/replay': ['participant'],
  'GET /v1/webhook-endpoints': ['administrator', 'operator'],
  'GET /v1/webhook-endpoints/{id}/messages': ['administrator', 'operator'],
  'POST /v1/webhook-endpoints/{id}/disable': ['administrator'],

  'GET /healthz': anybody,
  'GET /readyz': anybody,
  'GET /metrics': anybody,
  'GET /openapi.json': anybody,
  'GET /problems': anybody,
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
async function call(route: string, caller: Caller): Promise<number> {
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
    staff.every((role) => mayCall[route]?.includes(role)),
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
  const admitted: Caller[] = [];
  for (const caller of callers) {
    const status = await call(route, caller);
    expect(status, caller).toBeLessThan(500);
    if (status !== 401 && status !== 403) admitted.push(caller);
  }
  expect(new Set(admitted)).toEqual(new Set(mayCall[route]));
});
