import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limitAddresses } from '#access/sign-in/addresses.ts';
import { readAudit } from '#audit/store.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { expectProblem } from '#testing/http/expect-problem.ts';
import { got, payment } from '#testing/http/http-calls.ts';
import { financeToken, type HttpTown, holderToken, openHttpTown } from '#testing/http/http-town.ts';
import { cardNumber, cardRef, merchantTerminal, town } from '#testing/town.ts';
import { httpApp } from './app.ts';
import { type HttpServer, serveHttp } from './serve.ts';

let database: TestDatabase;
let house: HttpTown;
let server: HttpServer;

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openHttpTown(database.url);
  server = await serveHttp(house.app, { host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await server?.stop();
  await house?.close();
  await database?.drop();
});

const trace = (over: Record<string, unknown> = {}) => {
  const { batchNumber, traceNumber, localTime } = payment();
  return { batchNumber, traceNumber, localTime, ...over };
};
const account = (card: number) => String(cardRef(card).cardAccountId);
const fromBank = { terminalId: town.bankTerminal };
const onBus = { terminalId: town.operatorTerminal };
const available = async (card: number, purse = 'online') => {
  const { json } = await house.read(`/v1/card-accounts/${account(card)}/balances`);
  return json.purses.find((found: { purse: string }) => found.purse === purse);
};

/** Every way to call the interface: the app itself, and a port with a socket before it. */
const ways = {
  'the app': (path: string, init: RequestInit) => Promise.resolve(house.app.request(path, init)),
  'a port': (path: string, init: RequestInit) => fetch(`http://127.0.0.1:${server.port}${path}`, init),
};

describe.each(Object.entries(ways))('through %s', (_, call) => {
  const post = (path: string, body: unknown, sent = {}) => got(call(path, house.sign(path, body, sent)));
  const read = (path: string, token = financeToken) =>
    got(call(path, { headers: { authorization: `Bearer ${token}` } }));

  test('a payment takes its amount from the online purse and says what is left', async () => {
    const before = await available(0);
    const paid = await post('/v1/transactions', payment({ amount: 1250 }));
    expect(paid.status).toBe(200);
    expect(paid.headers.get('content-type')).toMatch(/^application\/json/);
    expect(paid.headers.get('idempotent-replayed')).toBeNull();
    expect(paid.json).toEqual({
      status: 'approved',
      transactionId: expect.stringMatching(/^1000000-\d+$/),
      kind: 'payment',
      amount: 1250,
      currency: 'CNY',
      businessDate: town.firstDay,
      decidedAt: expect.stringMatching(/^20\d\d-.*Z$/),
      purses: [{ purse: 'online', amount: -1250, balance: before.posted - 1250 }],
    });
  });

  test('a tap names a line and no amount, and pays from the e-purse what the tariff says', async () => {
    const tap = payment({
      sector: 'transit',
      amount: undefined,
      detail: { line: '5' },
      cardNumber: cardNumber(1),
    });
    const { status, json } = await post('/v1/transactions', tap, onBus);
    expect([status, json.kind]).toEqual([200, 'payment']);
    expect([200, 100]).toContain(json.amount);
    expect(json.purses).toMatchObject([{ purse: 'e-purse', amount: -json.amount }]);
  });

  test('a load puts its amount on the purse that it names', async () => {
    const before = await available(2);
    const load = payment({
      sector: 'top-up',
      cardNumber: cardNumber(2),
      amount: 5_000,
      detail: { purse: 'online' },
    });
    const { status, json } = await post('/v1/transactions', load, fromBank);
    expect([status, json.kind, json.amount]).toEqual([200, 'load', 5_000]);
    expect((await available(2)).posted).toBe(before.posted + 5_000);
  });

  test('a hold is captured in parts and the rest is voided: what is held goes down step by step', async () => {
    const before = await available(3);
    const held = await post('/v1/holds', payment({ cardNumber: cardNumber(3), amount: 900 }));
    expect([held.status, held.json.kind, held.json.amount]).toEqual([200, 'authorise', 900]);
    expect(await available(3)).toMatchObject({ posted: before.posted, held: before.held + 900 });
    const id = held.json.transactionId;
    const captured = await post(`/v1/holds/${id}/captures`, { amount: 300, currency: 'CNY', ...trace() });
    expect([captured.status, captured.json.kind, captured.json.amount]).toEqual([200, 'capture', 300]);
    expect(await available(3)).toMatchObject({ posted: before.posted - 300, held: before.held + 600 });
    const voided = await post(`/v1/holds/${id}/void`, trace());
    expect([voided.status, voided.json.kind]).toEqual([200, 'void']);
    expect(await available(3)).toMatchObject({
      posted: before.posted - 300,
      held: before.held,
      available: before.available - 300,
    });
  });

  test('a refund gives a part back to the purse that paid', async () => {
    const paid = await post('/v1/transactions', payment({ amount: 700 }));
    const before = await available(0);
    const path = `/v1/transactions/${paid.json.transactionId}/refunds`;
    const refund = await post(path, { amount: 200, currency: 'CNY', ...trace() });
    expect([refund.status, refund.json.kind, refund.json.amount]).toEqual([200, 'refund', 200]);
    expect((await available(0)).posted).toBe(before.posted + 200);
  });

  test("a reversal carries its original's trace and undoes all of it", async () => {
    const before = await available(0);
    const original = payment({ amount: 450 });
    await post('/v1/transactions', original);
    const undone = await post('/v1/reversals', original);
    expect([undone.status, undone.json.kind, undone.json.amount]).toEqual([200, 'reversal', 450]);
    expect((await available(0)).posted).toBe(before.posted);
  });

  test('a batch answers each line in its place', async () => {
    const line = (idempotencyKey: string, over = {}) => ({ ...payment(over), idempotencyKey });
    const [one, other] = [crypto.randomUUID(), crypto.randomUUID()];
    const lines = [line(one), line(other, { amount: 90_000_000 })];
    const { status, json } = await post('/v1/transactions/batch', { transactions: lines }, { key: null });
    expect(status).toBe(200);
    expect(json.results).toMatchObject([
      { httpStatus: 200, replay: false, body: { status: 'approved' } },
      { httpStatus: 402, replay: false, body: { code: 'insufficient-funds' } },
    ]);
  });

  test('an inquiry shows the balances of the card before the terminal', async () => {
    const { status, json } = await post('/v1/card-inquiries', { cardNumber: cardNumber(4) }, { key: null });
    expect(status).toBe(200);
    expect(json).toEqual({
      cardAccountId: account(4),
      currency: 'CNY',
      purses: [
        { purse: 'e-purse', posted: 100_000, held: 0, available: 100_000 },
        { purse: 'online', posted: 100_000, held: 0, available: 100_000 },
      ],
    });
  });

  test('a holder reads balances and history of "mine" and by number; finance reads anybody\'s', async () => {
    for (const [path, token] of [
      ['mine', holderToken(1)],
      [account(1), holderToken(1)],
      [account(1), financeToken],
    ] as const) {
      const balances = await read(`/v1/card-accounts/${path}/balances`, token);
      expect([balances.status, balances.json.cardAccountId]).toEqual([200, account(1)]);
      const history = await read(`/v1/card-accounts/${path}/history?limit=1`, token);
      expect(history.status).toBe(200);
      expect(history.json.entries).toHaveLength(1);
    }
  });

  test('finance reads the open day, its nets and the nets as a file', async () => {
    const day = await read('/v1/business-days/current');
    expect(day.json).toMatchObject({ businessDate: town.firstDay, state: 'open', closedAt: null, sum: 0 });
    const nets = await read(`/v1/business-days/${town.firstDay}/nets`);
    expect(nets.status).toBe(200);
    expect(nets.json.participantsNet + nets.json.pursesNet).toBe(0);
    const path = `/v1/business-days/${town.firstDay}/nets`;
    const authorization = `Bearer ${financeToken}`;
    for (const init of [
      { path: `${path}?format=csv`, headers: { authorization } },
      { path, headers: { authorization, accept: 'text/csv' } },
    ]) {
      const file = await call(init.path, { headers: init.headers });
      expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8');
      expect(file.headers.get('content-disposition')).toContain(`nets-${town.firstDay}.csv`);
      const bytes = Buffer.from(await file.arrayBuffer());
      expect(bytes.subarray(0, 3).toString('hex'), 'a byte order mark').toBe('efbbbf');
      expect(bytes.toString()).toContain(String(town.bankId));
    }
  });

  test.each(['/healthz', '/readyz', '/openapi.json', '/problems'])('%s answers anybody', async (path) => {
    const response = await call(path, {});
    expect(response.status).toBe(200);
    expect(await response.json()).toBeTypeOf('object');
  });

  test('/metrics shows the queue of each lane', async () => {
    const response = await call('/metrics', {});
    expect(await response.text()).toMatch(/one_card_queue_length\{lane="1"\} 0/);
  });
});

describe('the day', () => {
  test('is closed once: a second close answers the same and says so', async () => {
    const path = `/v1/business-days/${town.firstDay}/close`;
    const close = () =>
      house.app.request(path, { method: 'POST', headers: { authorization: `Bearer ${financeToken}` } });
    const first = await close();
    const again = await close();
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const { json: answer } = await got(first);
    expect(answer).toMatchObject({
      businessDate: town.firstDay,
      seal: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await again.json()).toEqual(answer);
    const { json } = await house.read(`/v1/business-days/${town.firstDay}`);
    expect(json).toMatchObject({ state: 'closed', seal: answer.seal, sum: 0 });
  });

  test('that took over gets what comes after it', async () => {
    const { json } = await house.post('/v1/transactions', payment(), { terminalId: merchantTerminal(2) });
    expect(json.businessDate > town.firstDay).toBe(true);
  });
});

describe('a look at a card account', () => {
  const looks = async (subject: string) =>
    (await readAudit(house.owner, { before: null, subject, act: null, limit: 20 })).map((row) => [
      row.act,
      row.actor.kind,
    ]);

  test('by its holder, by finance and by a terminal is in the audit trail before it is shown', async () => {
    const id = cardRef(1).cardAccountId;
    await house.read('/v1/card-accounts/mine/balances', holderToken(1));
    await house.read(`/v1/card-accounts/${id}/history`);
    await house.post('/v1/card-inquiries', { cardNumber: cardNumber(1) }, { key: null });
    expect(await looks(`card-account ${id}`)).toEqual(
      expect.arrayContaining([
        ['balances-looked-at', 'holder'],
        ['history-looked-at', 'staff'],
        ['balances-looked-at', 'terminal'],
      ]),
    );
  });

  test('that was refused is none', async () => {
    const other = cardRef(4).cardAccountId;
    const before = await looks(`card-account ${other}`);
    expectProblem(await house.read(`/v1/card-accounts/${other}/balances`, holderToken(1)), 'not-yours');
    expect(await looks(`card-account ${other}`)).toEqual(before);
  });
});

test('whoever calls too often with a token is asked to wait, and others are not', async () => {
  const eager = { ...house.parts, calls: limitAddresses(Date.now, { triesMax: 3, addressesMax: 10 }) };
  const app = httpApp(eager);
  const ask = (token: string) =>
    app.request('/v1/card-accounts/mine/balances', { headers: { authorization: `Bearer ${token}` } });
  for (let calls = 0; calls < 3; calls++) expect((await ask(holderToken(0))).status).toBe(200);
  const refused = await ask(holderToken(0));
  expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, true]);
  expect((await ask(holderToken(2))).status).toBe(200);
});
