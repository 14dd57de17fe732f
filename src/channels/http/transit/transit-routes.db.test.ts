import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { admitToken } from '#access/tokens.ts';
import { readAudit } from '#audit/store.ts';
import { addDays, hainanDay, nextDay } from '#platform/calendar.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import {
  insertCaps,
  insertConcessionTerms,
  insertDistanceFares,
  insertPassProducts,
  insertStations,
} from '#sectors/transit/store.ts';
import { verify } from '#settlement/verify.ts';
import { expectDeclared } from '#testing/http/expect-declared.ts';
import { got, payment } from '#testing/http/http-calls.ts';
import { financeToken, type HttpTown, holderToken, openHttpTown } from '#testing/http/http-town.ts';
import { cardNumber, cardRef, town } from '#testing/town.ts';

const operatorToken = 'operator-token-of-the-test-town-0001';
const since = '2020-01-01';
const participantId = town.operatorId;
/** Noon of a day that has far to go in its month. */
const nowMs = Date.UTC(2026, 10, 22, 4);
let database: TestDatabase;
let house: HttpTown;

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openHttpTown(database.url, { clock: () => nowMs });
  const { owner } = house;
  const expiresAt = new Date('2099-01-01T00:00:00Z');
  await admitToken(owner, { role: 'operator', subjectId: 4n, token: operatorToken, expiresAt });
  await insertConcessionTerms(owner, [
    {
      participantId,
      category: 'student',
      effectiveFrom: since,
      rate: '0.5',
      ridesPerMonth: 3,
      beyondRate: '0.85',
    },
  ]);
  await insertCaps(owner, [{ participantId, effectiveFrom: since, perDayFen: 520n }]);
  const pass = { participantId, effectiveFrom: since, priceFen: 1_500n, validDays: 30, lines: ['9'] };
  await insertPassProducts(owner, [
    { ...pass, code: 'T2', kind: 'count', rides: 2 },
    // Good for as long as this test may be run.
    { ...pass, code: 'LONG', kind: 'count', rides: 2, validDays: 3_650, lines: ['8'] },
  ]);
  const rail = { participantId, line: 'R1' };
  await insertStations(owner, [
    { ...rail, station: 'A', distanceM: 0 },
    { ...rail, station: 'B', distanceM: 9_000 },
  ]);
  await insertDistanceFares(owner, [
    { ...rail, effectiveFrom: since, upToM: 10_000, fareFen: 300n },
    { ...rail, effectiveFrom: since, upToM: 20_000, fareFen: 500n },
  ]);
});
afterAll(async () => {
  await house?.close();
  await database?.drop();
});

const today = hainanDay(Date.now());
const grant = async (card: number | string, body: unknown, token = operatorToken) => {
  const id = typeof card === 'string' ? card : String(cardRef(card).cardAccountId);
  const path = `/v1/card-accounts/${id}/concessions`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await got(house.app.request(path, { method: 'POST', headers, body: JSON.stringify(body) }));
  return expectDeclared({ method: 'post', path }, answer);
};
const student = { category: 'student', from: today, reason: 'school certificate seen' };
const onBus = { terminalId: town.operatorTerminal };
const rideBody = (card: number, detail: object) =>
  payment({ sector: 'transit', cardNumber: cardNumber(card), amount: undefined, detail });
const ride = (card: number, detail: object = { line: '1' }) =>
  house.post('/v1/transactions', rideBody(card, detail), onBus);
const buy = (card: number, amount: number | undefined, pass = 'T2') =>
  house.post(
    '/v1/transactions',
    payment({ sector: 'transit', cardNumber: cardNumber(card), amount, detail: { pass } }),
    onBus,
  );
const reverse = (body: Record<string, unknown>) => {
  const { detail: _, ...rest } = body;
  return house.post('/v1/reversals', rest, onBus);
};
const history = async (card: number) =>
  (await house.read('/v1/card-accounts/mine/history', holderToken(card))).json.entries;
/** Gives a category as of the test's clock, which is behind the calendar's. */
const grantSince = (card: number, category: string, from: string) =>
  house.owner.run({
    name: 'test-grant',
    text: `insert into transit.concessions (bucket, card_account_id, from_day, number, category,
        granted_by_kind, granted_by_id, reason)
      values (${cardRef(card).bucket}, ${cardRef(card).cardAccountId}, '${from}', 1, '${category}', 'staff', 4, 'seen')`,
  });

describe('a category over HTTP', () => {
  test('is given by an operator, with its reason in the trail; the same again changes nothing', async () => {
    const first = await grant(3, student);
    expect(first).toMatchObject({
      status: 200,
      json: { cardAccountId: '1000003', category: 'student', from: today, to: null },
    });
    const again = await grant(3, student);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const trail = await readAudit(house.parts.session, {
      before: null,
      subject: 'card-account 1000003',
      act: null,
      limit: 10,
    });
    expect(trail).toMatchObject([
      { actor: { kind: 'staff', id: 4n }, act: 'concession-granted', reason: 'school certificate seen' },
    ]);
    const other = await grant(3, { ...student, category: 'none', from: addDays(today, 1) });
    expect(other.status).toBe(200);
  });

  test('ten at once of one grant are one row', async () => {
    await Promise.all(Array.from({ length: 10 }, () => grant(4, student)));
    const { rows } = await house.owner.run({
      name: 'test-count',
      text: 'select count(*)::int from transit.concessions where card_account_id = 1000004',
    });
    expect(rows[0]?.[0]).toBe(1);
  });

  test.for([
    [3, { ...student, category: 'astronaut' }, 422, 'category-unknown'],
    [3, { ...student, from: '2026-01-01' }, 422, 'days-not-allowed'],
    [3, { ...student, from: '2026-02-30' }, 400, 'invalid-request'],
    [3, { ...student, reason: ' ' }, 400, 'invalid-request'],
    ['7777777', student, 404, 'not-found'],
    ['mine', student, 404, 'not-found'],
  ] as const)('for %s, %j is answered %i %s', async ([card, body, status, code]) => {
    expect(await grant(card, body)).toMatchObject({ status, json: { code } });
  });

  test('holders and finance give none', async () => {
    for (const token of [holderToken(0), financeToken])
      expect((await grant(0, student, token)).json.code).toBe('not-yours');
  });

  test('a holder sees the category, its rides and the passes', async () => {
    const day = nextDay(today);
    await grant(1, student);
    await grant(1, { ...student, category: 'none', from: day });
    await buy(1, 1_500, 'LONG');
    const { status, json } = await house.read('/v1/card-accounts/mine/riding', holderToken(1));
    expect(status).toBe(200);
    expect(json).toEqual({
      cardAccountId: '1000001',
      category: 'student',
      concessions: [
        { category: 'none', from: day, to: null },
        { category: 'student', from: today, to: null },
      ],
      concessionRides: 0,
      passes: [
        {
          participantId,
          participant: '商户900001',
          participantEn: 'Participant 900001',
          pass: 'LONG',
          from: '2026-11-22',
          until: addDays('2026-11-22', 3_649),
          ridesLeft: 2,
          purchase: expect.stringMatching(/^1000001-\d+$/),
        },
      ],
    });
    expect((await house.read('/v1/card-accounts/1000000/riding', holderToken(1))).json.code).toBe(
      'not-yours',
    );
    expect((await house.read('/v1/card-accounts/7000000/riding')).json.code).toBe('not-found');
  });

  test('what was given is not changed behind its back', async () => {
    const change = house.owner.run({
      name: 'test-change',
      text: "update transit.concessions set category = 'none'",
    });
    await expect(change).rejects.toThrow();
  });
});

describe('rides through the one path', () => {
  test('category, transfer, the month’s last ride and the cap, each told to the holder', async () => {
    await grantSince(0, 'student', '2026-11-01');
    const amounts = [];
    // Half fare and transfer are both 150 here: where they are the same, no ride of the month is used up.
    for (let i = 0; i < 6; i++) amounts.push((await ride(0, { line: 'R1', from: 'A', to: 'B' })).json.amount);
    expect(amounts).toEqual([150, 150, 150, 70, 0, 0]);
    const told = (await history(0)).slice(0, 6).map((entry: { detail: object }) => entry.detail);
    const trip = { line: 'R1', from: 'A', to: 'B' };
    expect(told.reverse()).toEqual([
      { ...trip, concession: 'student' },
      { ...trip, transfer: '1' },
      { ...trip, concession: 'student' },
      { ...trip, transfer: '1', capped: '1' },
      { ...trip, capped: '1' },
      { ...trip, transfer: '1', capped: '1' },
    ]);
  });

  test('a repeat of a ride that something was noted about is still a repeat', async () => {
    const body = rideBody(1, { line: '1' });
    await house.post('/v1/transactions', rideBody(1, { line: '1' }), onBus);
    const first = await house.post('/v1/transactions', body, { ...onBus, key: 'transfer-1' });
    expect(first.json.amount).toBe(100);
    const again = await house.post('/v1/transactions', body, { ...onBus, key: 'transfer-1' });
    expect([again.json, again.headers.get('idempotent-replayed')]).toEqual([first.json, 'true']);
    const changed = { ...body, detail: { line: '2' } };
    const other = await house.post('/v1/transactions', changed, { ...onBus, key: 'transfer-1' });
    expect(other.json).toMatchObject({ code: 'key-reused', field: 'detail' });
  });

  test('a pass is bought for its price, ridden on, given back a ride, and gone when it is refunded', async () => {
    expect((await buy(2, 1_499)).json.code).toBe('amount-wrong');
    expect((await buy(2, undefined)).json.code).toBe('amount-missing');
    expect((await buy(2, 1_500, 'NONE')).json.code).toBe('no-tariff');
    const bought = await buy(2, 1_500);
    expect(bought.json).toMatchObject({ status: 'approved', amount: 1_500 });
    const body = rideBody(2, { line: '9' });
    const onPass = await house.post('/v1/transactions', body, onBus);
    expect(onPass.json).toMatchObject({ status: 'approved', amount: 0, purses: [] });
    expect((await ride(2, { line: '9' })).json.amount).toBe(0);
    const [last] = await history(2);
    expect(last.detail).toMatchObject({ line: '9', pass: 'T2' });
    expect((await reverse(body)).status).toBe(200);
    expect((await reverse(body)).headers.get('idempotent-replayed')).toBe('true');
    expect((await ride(2, { line: '9' })).json.amount).toBe(0);
    const { batchNumber, traceNumber, localTime } = payment();
    const refund = { amount: 1_500, currency: 'CNY', batchNumber, traceNumber, localTime };
    const path = `/v1/transactions/${bought.json.transactionId}/refunds`;
    expect((await house.post(path, refund, onBus)).status).toBe(200);
    expect((await ride(2, { line: '9' })).json.amount).toBe(200);
  });

  test('a hold buys no pass: it would be ridden on before it is paid', async () => {
    const body = payment({ sector: 'transit', amount: 1_500, detail: { pass: 'T2' } });
    expect((await house.post('/v1/holds', body, onBus)).json.code).toBe('kind-not-allowed');
  });

  test('a free ride is not voided, since only one reversal gives it back', async () => {
    await buy(5, 1_500);
    const { json } = await ride(5, { line: '9' });
    const { batchNumber, traceNumber, localTime } = payment();
    const path = `/v1/transactions/${json.transactionId}/void`;
    const voided = await house.post(path, { batchNumber, traceNumber, localTime }, onBus);
    expect(voided.json.code).toBe('not-returnable');
  });

  test.for([
    [{ line: 'R1', from: 'A', to: 'X' }, 422, 'station-unknown'],
    [{ line: '1', pass: 'T2' }, 400, 'invalid-request'],
    [{ pass: 'T2', from: 'A' }, 400, 'invalid-request'],
    [{}, 400, 'invalid-request'],
  ] as const)('%j is answered %i %s', async ([detail, status, code]) => {
    expect(await ride(3, detail)).toMatchObject({ status, json: { code } });
  });

  test('an incomplete trip pays the highest step', async () => {
    expect((await ride(3, { line: 'R1', to: 'B' })).json.amount).toBe(500);
  });

  test('and the books are right', async () => {
    expect(await verify(house.parts.reports)).toMatchObject({ ok: true });
  });
});
