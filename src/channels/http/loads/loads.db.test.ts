import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { admitToken } from '#access/tokens.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { expectDeclared } from '#testing/http/expect-declared.ts';
import { expectProblem } from '#testing/http/expect-problem.ts';
import { type Got, got } from '#testing/http/http-calls.ts';
import { financeToken, type HttpTown, holderToken, openHttpTown } from '#testing/http/http-town.ts';
import { startTownBank } from '#testing/loads/town-bank.ts';
import { cardRef, town as places } from '#testing/town.ts';

const operatorToken = 'operator-token-of-the-test-town-0001';
const bankParticipantId = places.bankId;
let database: TestDatabase;
let bank: Awaited<ReturnType<typeof startTownBank>>;
let town: HttpTown;

beforeAll(async () => {
  database = await createTestDatabase();
  town = await openHttpTown(database.url, { merchants: 4, cards: 20 });
  bank = await startTownBank(town);
  const expiresAt = new Date('2099-01-01T00:00:00Z');
  await admitToken(town.owner, { role: 'operator', subjectId: 7n, token: operatorToken, expiresAt });
});
afterAll(async () => {
  await town?.close();
  await bank?.stop();
  await database?.drop();
});

let keys = 0;

/** Posts as the bearer of a token, under a key of its own unless one is given (null: none). */
async function post(
  path: string,
  body: unknown,
  over: { readonly token?: string; readonly key?: string | null } = {},
): Promise<Got> {
  const { token = holderToken(0), key: given } = over;
  const idempotencyKey = given === undefined ? `load ${++keys}` : given;
  const headers: Record<string, string> = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    ...(idempotencyKey === null ? {} : { 'idempotency-key': idempotencyKey }),
  };
  const init = { method: 'POST', headers, body: JSON.stringify(body) };
  return expectDeclared({ method: 'post', path }, await got(town.app.request(path, init)));
}

const loads = '/v1/card-accounts/mine/loads';
const autoTopUp = '/v1/card-accounts/mine/auto-top-up';
const order = { amount: 5_000, currency: 'CNY', purse: 'online' };
const bindings = (card: number) => `/v1/card-accounts/${cardRef(card).cardAccountId}/bank-bindings`;
const account = { bankParticipantId, accountNumber: '9100000000001', consentVersion: '2026-11' };
const bind = (card: number, over: object = {}) =>
  post(bindings(card), { ...account, ...over }, { token: operatorToken, key: null });

describe('a bank account', () => {
  test('is bound by an operator alone, and nothing but its tail is shown', async () => {
    for (const token of [financeToken, holderToken(0)])
      expectProblem(await post(bindings(0), account, { token }), 'not-yours');
    const bound = await bind(0);
    expect(bound.json).toEqual({ bindingId: expect.any(String), bankParticipantId, accountTail: '0001' });
    expect(bound.text).not.toContain(account.accountNumber);
  });

  test('is bound to a card account that is there, at a bank that is one', async () => {
    expectProblem(await bind(0, { bankParticipantId: 1 }), 'not-found');
    const nobody = '/v1/card-accounts/9999999/bank-bindings';
    expectProblem(await post(nobody, account, { token: operatorToken }), 'not-found');
    expectProblem(await bind(0, { accountNumber: 'none' }), 'invalid-request');
  });
});

describe('a load', () => {
  test('is ordered by the holder, loaded, and seen by nobody else', async () => {
    const before = (await town.read('/v1/card-accounts/mine/balances', holderToken(0))).json.purses;
    const answer = await post(loads, order);
    expect(answer.json).toMatchObject({ state: 'loaded', reason: null, amount: 5_000, purse: 'online' });
    const after = (await town.read('/v1/card-accounts/mine/balances', holderToken(0))).json.purses;
    const online = (purses: { purse: string; posted: number }[]) =>
      purses.find(({ purse }) => purse === 'online')?.posted;
    expect(online(after)).toBe((online(before) ?? 0) + 5_000);
    const one = `${loads}/${answer.json.loadId}`;
    expect((await town.read(one, holderToken(0))).json).toEqual(answer.json);
    expectProblem(await town.read(one, holderToken(1)), 'not-found');
    expectProblem(await town.read(one, financeToken), 'not-yours');
  });

  test('asked for again with the same key is the same load, and with another amount is none', async () => {
    const first = await post(loads, order, { key: 'same' });
    const again = await post(loads, order, { key: 'same' });
    expect(again.json).toEqual(first.json);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const reused = await post(loads, { ...order, amount: 6_000 }, { key: 'same' });
    expectProblem(reused, 'key-reused');
    expect(reused.json.field).toBe('amount');
  });

  test('needs a key, a bound account, and a body as the interface says', async () => {
    expectProblem(await post(loads, order, { key: null }), 'idempotency-key-missing');
    expectProblem(await post(loads, order, { token: holderToken(1) }), 'bank-binding-missing');
    expectProblem(await post(loads, { ...order, amount: 0 }), 'invalid-request');
    expectProblem(await post(loads, order, { token: financeToken }), 'not-yours');
    expectProblem(await town.read(`${loads}/x`, holderToken(0)), 'not-found');
  });

  test('that the bank or the rules refuse says why', async () => {
    await bind(2, { accountNumber: '9100120000002' });
    const token = holderToken(2);
    expect((await post(loads, order, { token })).json).toMatchObject({
      state: 'refused',
      reason: 'insufficient-funds',
    });
    expect((await post(loads, { ...order, purse: 'subsidy' }, { token })).json).toMatchObject({
      state: 'refused',
      reason: 'purse-not-allowed',
    });
  });
});

describe('a silent bank', () => {
  test('holds up its own callers up to a bound; beyond it they are told at once, and nothing is ordered', async () => {
    const holders = Array.from({ length: 12 }, (_, n) => 4 + n);
    const expiresAt = new Date('2099-01-01T00:00:00Z');
    for (const card of holders) {
      const subjectId = cardRef(card).cardAccountId;
      await admitToken(town.owner, { role: 'holder', subjectId, token: holderToken(card), expiresAt });
      await bind(card, { accountNumber: `91000390000${10 + card}` });
    }
    const orders = Array.from({ length: 300 }, (_, n) =>
      post(loads, order, { token: holderToken(4 + (n % 12)) }),
    );
    const answers = await Promise.all(orders);
    const busy = answers.filter((answer) => answer.status === 503);
    expect(busy).toHaveLength(300 - 256);
    for (const answer of busy) expectProblem(answer, 'busy');
    const { rows } = await town.owner.run(
      {
        name: 'test-orders',
        text: "select count(*)::int from load_orders.orders where card_account_id = any($1) and state = 'requested'",
      },
      [holders.map((card) => cardRef(card).cardAccountId)],
    );
    expect(rows).toEqual([[256]]);
  }, 30_000);
});

describe('a load that failed', () => {
  test('is listed for staff, and taken up again by an operator alone', async () => {
    const made = (await post(loads, order)).json;
    const cardAccountId = String(cardRef(0).cardAccountId);
    const body = { cardAccountId, loadId: made.loadId, reason: 'the bank was called' };
    const resume = (over: object, token = operatorToken) =>
      post('/v1/load-orders/resumptions', { ...body, ...over }, { token });
    expect((await town.read('/v1/load-orders/failed', operatorToken)).json).toEqual({
      loads: [],
      nextAfter: null,
    });
    expectProblem(await town.read('/v1/load-orders/failed', holderToken(0)), 'not-yours');
    expectProblem(await town.read('/v1/load-orders/failed?after=x', financeToken), 'invalid-request');
    expectProblem(await resume({}), 'load-not-failed');
    expectProblem(await resume({ loadId: '999999' }), 'not-found');
    expectProblem(await resume({}, financeToken), 'not-yours');
    await town.owner.run(
      {
        name: 'test-fail',
        text: `with skip as (select set_config('session_replication_role', 'replica', true))
        update load_orders.orders set state = 'failed', reason = 'refund-refused', entry_id = null from skip where id = $1`,
      },
      [made.loadId],
    );
    const listed = (await town.read('/v1/load-orders/failed')).json.loads;
    expect(listed).toMatchObject([{ cardAccountId, loadId: made.loadId, reason: 'refund-refused' }]);
    expect((await resume({})).json).toMatchObject({ state: 'returning' });
  });
});

describe('loads by themselves', () => {
  const consent = { threshold: 2_000, amount: 5_000, currency: 'CNY', consentVersion: '2026-11' };

  test('are consented to, shown and revoked by the holder', async () => {
    expect((await town.read(autoTopUp, holderToken(0))).json).toMatchObject({ active: false, amount: null });
    const given = await post(autoTopUp, consent);
    expect(given.json).toMatchObject({ active: true, threshold: 2_000, amount: 5_000, perDayMax: 3 });
    expect((await town.read(autoTopUp, holderToken(0))).json).toEqual(given.json);
    expect((await post(`${autoTopUp}/revocation`, {})).json).toMatchObject({ active: false });
    expect((await post(`${autoTopUp}/revocation`, {})).json).toMatchObject({ active: false });
  });

  test('stay within limits, which the refusal names', async () => {
    const answer = await post(autoTopUp, { ...consent, threshold: 60_000 });
    expectProblem(answer, 'invalid-request');
    expect(answer.json.errors).toEqual([
      { path: 'threshold', message: 'a whole number of fen from 1 to 50000' },
    ]);
  });

  test('need a bound account', async () => {
    expectProblem(await post(autoTopUp, consent, { token: holderToken(1) }), 'bank-binding-missing');
    expectProblem(await post(autoTopUp, { ...consent, perDayMax: 11 }), 'invalid-request');
  });
});

describe('a holder who orders or consents without end', () => {
  test('is told to wait a minute, and leaves no more rows; others are served', async () => {
    const audited = async () =>
      (await town.owner.run({ name: 'testing-count-trail', text: 'select count(*)::int from audit.events' }))
        .rows[0]?.[0] as number;
    const token = holderToken(2);
    await bind(2);
    const before = await audited();
    // A purse that a bank may not load: each order is refused and kept.
    const orders = Array.from({ length: 40 }, () => post(loads, { ...order, purse: 'medical' }, { token }));
    const answers = await Promise.all(orders);
    // What the tests before have ordered within the minute counts, too.
    const ordered = answers.filter(({ status }) => status === 200).length;
    expect(ordered).toBeGreaterThan(20);
    expect(ordered).toBeLessThanOrEqual(30);
    const refused = answers.filter(({ status }) => status !== 200);
    for (const answer of refused) expectProblem(answer, 'too-often');
    const consent = { threshold: 1_000, amount: 5_000, currency: 'CNY', consentVersion: '2026-11' };
    expectProblem(await post(autoTopUp, consent, { token, key: null }), 'too-often');
    expect(await audited()).toBe(before + ordered);
    await bind(1);
    expect((await post(loads, order, { token: holderToken(1) })).status).toBe(200);
  });
});
