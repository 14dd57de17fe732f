import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { admitToken } from '#access/tokens.ts';
import { readAudit } from '#audit/store.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { verify } from '#settlement/verify.ts';
import { expectDeclared } from '#testing/http/expect-declared.ts';
import { got, payment } from '#testing/http/http-calls.ts';
import { financeToken, type HttpTown, holderToken, openHttpTown } from '#testing/http/http-town.ts';
import { merchantTerminal, town } from '#testing/town.ts';

const operatorToken = 'operator-token-of-the-test-town-0001';
let database: TestDatabase;
let house: HttpTown;

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openHttpTown(database.url);
  const expiresAt = new Date('2099-01-01T00:00:00Z');
  await admitToken(house.owner, { role: 'operator', subjectId: 4n, token: operatorToken, expiresAt });
});
afterAll(async () => {
  await house?.close();
  await database?.drop();
});

let keys = 0;
const ask = async (
  body: unknown,
  { key = `desk-${++keys}`, token = operatorToken }: { key?: string; token?: string } = {},
) => {
  const path = '/v1/compensations';
  const answer = await got(
    house.app.request(path, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        ...(key === '' ? {} : { 'idempotency-key': key }),
      },
      body: JSON.stringify(body),
    }),
  );
  return expectDeclared({ method: 'post', path }, answer);
};
const ride = () =>
  house.post('/v1/transactions', payment({ sector: 'transit', amount: undefined, detail: { line: '1' } }), {
    terminalId: town.operatorTerminal,
  });
const netOf = async (participantId: number) => {
  const { json } = await house.read('/v1/business-days/current/nets');
  return json.participants.find((one: { participantId: number }) => one.participantId === participantId)?.net;
};
const newest = async () =>
  (await house.read('/v1/card-accounts/mine/history?limit=1', holderToken(0))).json.entries[0];

/** What the trail has of a transaction, the oldest first. */
const trailOf = async (transactionId: string) => {
  const asked = { before: null, subject: `transaction ${transactionId}`, act: null, limit: 20 };
  return (await readAudit(house.parts.session, asked)).reverse();
};

describe('a wrong charge', () => {
  test('is given back at once, is recovered from its operator at the next nets, and names its charge', async () => {
    const { json: charged } = await ride();
    const before = await netOf(town.operatorId);
    const given = await ask({
      transactionId: charged.transactionId,
      amount: 200,
      reason: 'charged-without-service',
      remark: 'the gate stayed shut',
    });
    expect(given).toMatchObject({ status: 200, json: { kind: 'compensation', amount: 200 } });
    expect(given.json.purses[0].balance).toBe(charged.purses[0].balance + 200);
    expect(await netOf(town.operatorId)).toBe(before - 200);
    expect(await newest()).toMatchObject({
      transactionId: given.json.transactionId,
      originalId: charged.transactionId,
      kind: 'compensation',
      sector: 'transit',
      participant: '海南一卡通运营中心',
      detail: { reason: 'charged-without-service' },
    });
    const actor = { kind: 'staff', id: 4n };
    expect(await trailOf(charged.transactionId)).toMatchObject([
      { actor, act: 'compensation-asked', reason: 'charged-without-service: the gate stayed shut' },
      { actor, act: 'compensation-given', reason: '' },
    ]);
    const after = await ride();
    expect(after.json.amount, 'what was given back whole opens no transfer').toBe(200);
  });

  test('asked for again under its key it is given once; another one under the key is refused', async () => {
    const { json: charged } = await house.post('/v1/transactions', payment({ amount: 900 }));
    const body = { transactionId: charged.transactionId, amount: 300, reason: 'overcharged' };
    const key = 'one-form';
    const first = await ask(body, { key });
    const second = await ask({ ...body, remark: 'pressed twice' }, { key });
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.json).toEqual(first.json);
    expect((await ask({ ...body, amount: 301 }, { key })).json).toMatchObject({
      code: 'key-reused',
      field: 'amount',
    });
    const many = await Promise.all(Array.from({ length: 5 }, () => ask(body, { key })));
    expect(new Set(many.map(({ json }) => json.transactionId))).toEqual(new Set([first.json.transactionId]));
  });

  test('leaves in the trail what came of each time it was asked for', async () => {
    const { json: charged } = await house.post('/v1/transactions', payment({ amount: 500 }));
    const body = { transactionId: charged.transactionId, amount: 300, reason: 'overcharged' };
    const key = 'told-apart';
    await ask(body, { key });
    await ask(body, { key });
    await ask({ ...body, amount: 299 }, { key });
    await ask(body);
    const trail = await trailOf(charged.transactionId);
    expect(trail.filter(({ act }) => act !== 'compensation-asked')).toMatchObject([
      { act: 'compensation-given', reason: '' },
      { act: 'compensation-repeated', reason: '' },
      { act: 'compensation-refused', reason: 'key-reused' },
      { act: 'compensation-refused', reason: 'refund-exceeds-original' },
    ]);
  });

  test('is not given back beyond what was charged, with refunds and voids counted', async () => {
    const { json: charged } = await house.post('/v1/transactions', payment({ amount: 500 }));
    const { transactionId } = charged;
    const { batchNumber, traceNumber, localTime } = payment();
    const trace = { batchNumber, traceNumber, localTime };
    await house.post(`/v1/transactions/${transactionId}/refunds`, { amount: 200, currency: 'CNY', ...trace });
    expect((await ask({ transactionId, amount: 301, reason: 'other' })).json.code).toBe(
      'refund-exceeds-original',
    );
    expect((await ask({ transactionId, amount: 300, reason: 'other' })).status).toBe(200);
  });

  test.for([
    [{ transactionId: '1000000-1', amount: 1, reason: 'other' }, 404, 'original-not-found'],
    [{ transactionId: 'nothing', amount: 1, reason: 'other' }, 404, 'original-not-found'],
    [{ transactionId: '1000000-1', amount: 0, reason: 'other' }, 400, 'invalid-request'],
    [{ transactionId: '1000000-1', amount: 1, reason: 'because' }, 400, 'invalid-request'],
    [{ transactionId: '1000000-1', amount: 1 }, 400, 'invalid-request'],
  ] as const)('%j is answered %i %s', async ([body, status, code]) => {
    expect(await ask(body)).toMatchObject({ status, json: { code } });
  });

  test('a load is no charge', async () => {
    const load = payment({ sector: 'top-up', amount: 100, detail: { purse: 'online' } });
    const { json } = await house.post('/v1/transactions', load, { terminalId: town.bankTerminal });
    const body = { transactionId: json.transactionId, amount: 100, reason: 'other' };
    expect((await ask(body)).json.code).toBe('not-returnable');
  });

  test('only an operator gives back, and only under a key', async () => {
    const body = { transactionId: '1000000-1', amount: 1, reason: 'other' };
    expect((await ask(body, { key: '' })).json.code).toBe('idempotency-key-missing');
    for (const token of [financeToken, holderToken(0)])
      expect((await ask(body, { token })).json.code).toBe('not-yours');
    expect((await ask(body, { token: 'nobody' })).json.code).toBe('token-missing');
  });
});

describe('a void over HTTP', () => {
  const trace = () => {
    const { batchNumber, traceNumber, localTime } = payment();
    return { batchNumber, traceNumber, localTime };
  };
  const voidOf = (transactionId: string, sent = {}) =>
    house.post(`/v1/transactions/${transactionId}/void`, trace(), sent);

  test('gives a payment back whole on its day; again, by another shop, or after it nothing', async () => {
    const { json: paid } = await house.post('/v1/transactions', payment({ amount: 700 }));
    expect((await voidOf(paid.transactionId, { terminalId: merchantTerminal(2) })).json.code).toBe(
      'original-mismatch',
    );
    const given = await voidOf(paid.transactionId);
    expect(given).toMatchObject({ status: 200, json: { kind: 'void', amount: 700 } });
    expect(given.json.purses[0].balance).toBe(paid.purses[0].balance + 700);
    expect(await newest()).toMatchObject({ kind: 'void', originalId: paid.transactionId });
    expect(await voidOf(paid.transactionId)).toMatchObject({
      status: 409,
      json: { code: 'already-returned' },
    });
    const body = { transactionId: paid.transactionId, amount: 1, reason: 'charged-twice' };
    expect((await ask(body)).json.code).toBe('refund-exceeds-original');
  });

  test('of which a part went back already gives nothing more, and says that it may be a part', async () => {
    const { json: paid } = await house.post('/v1/transactions', payment({ amount: 700 }));
    const refund = { amount: 200, currency: 'CNY', ...trace() };
    await house.post(`/v1/transactions/${paid.transactionId}/refunds`, refund);
    const answer = await voidOf(paid.transactionId);
    expect(answer.json).toMatchObject({ code: 'already-returned', titleZh: '原交易已全部或部分退回' });
    expect(answer.json.title).toContain('in part');
  });

  test('a payment that is voided ten times at once goes back once', async () => {
    const { json: paid } = await house.post('/v1/transactions', payment({ amount: 50 }));
    const answers = await Promise.all(Array.from({ length: 10 }, () => voidOf(paid.transactionId)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('after the cut-off it is too late: the refund still gives it back; and the books are right', async () => {
    const { json: paid } = await house.post('/v1/transactions', payment({ amount: 60 }));
    await house.app.request(`/v1/business-days/${town.firstDay}/close`, {
      method: 'POST',
      headers: { authorization: `Bearer ${financeToken}` },
    });
    expect(await voidOf(paid.transactionId)).toMatchObject({ status: 409, json: { code: 'void-too-late' } });
    const refund = { amount: 60, currency: 'CNY', ...trace() };
    expect((await house.post(`/v1/transactions/${paid.transactionId}/refunds`, refund)).status).toBe(200);
    expect(await verify(house.parts.reports)).toMatchObject({ ok: true });
  });
});
