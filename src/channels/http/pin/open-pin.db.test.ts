import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setPaymentPin } from '#access/payment-pin.ts';
import { sealPin } from '#access/rules/pin-envelope.ts';
import { systemActor } from '#audit/rules/event.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { insertLimits } from '#sectors/shops/store.ts';
import { expectProblem } from '#testing/http/expect-problem.ts';
import { payment, rowCounts } from '#testing/http/http-calls.ts';
import { type HttpTown, openHttpTown } from '#testing/http/http-town.ts';
import { cardNumber, cardRef, merchantTerminal, town } from '#testing/town.ts';
import { pinTrace } from './open-pin.ts';

const path = '/v1/transactions';
const pin = '135790';
let database: TestDatabase;
let house: HttpTown;

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openHttpTown(database.url);
  const limit = { product: town.product, effectiveFrom: '2021-01-01' };
  const fens = { perPaymentFen: 50_000n, perDayFen: 1_000_000n, pinFreeFen: 1_000n };
  await insertLimits(house.owner, [{ ...limit, ...fens }]);
  for (const card of [0, 1, 2, 3]) {
    await setPaymentPin(house.owner, house.parts.secrets, { ...cardRef(card), pin, actor: systemActor });
  }
});
afterAll(async () => {
  await house?.close();
  await database?.drop();
});

/** A payment of 20 yuan, which needs a PIN, with the PIN that was typed. */
function typed(card: number, digits: string, over: Record<string, unknown> = {}) {
  const body = payment({ cardNumber: cardNumber(card), amount: 2_000, ...over });
  const trace = pinTrace(body as unknown as Parameters<typeof pinTrace>[0]);
  const place = { terminalId: merchantTerminal(1), trace, nonce: randomBytes(12) };
  return { ...body, pin: sealPin(house.keyOf(merchantTerminal(1)), digits, place) };
}

describe('a payment above the limit without a PIN', () => {
  test('is refused without one, and pays with the right one', async () => {
    const { pin: _, ...without } = typed(0, pin);
    expectProblem(await house.post(path, without), 'pin-required');
    const paid = await house.post(path, typed(0, pin));
    expect(paid.json).toMatchObject({ status: 'approved', amount: 2_000 });
  });

  test('with a wrong PIN is refused and pinned: its honest repeat is refused alike and uses up no try', async () => {
    const body = typed(1, '999999');
    for (let tries = 0; tries < 5; tries++)
      expectProblem(await house.post(path, body, { key: 'wrong-once' }), 'pin-wrong');
    expect((await house.post(path, typed(1, pin))).status).toBe(200);
  });

  test('and the repeat of one that was paid gets its answer, also when the PIN was locked meanwhile', async () => {
    const body = typed(2, pin);
    const first = await house.post(path, body, { key: 'paid-before' });
    for (let tries = 0; tries < 3; tries++)
      expectProblem(await house.post(path, typed(2, '000000')), 'pin-wrong');
    expectProblem(await house.post(path, typed(2, pin)), 'pin-locked');
    const again = await house.post(path, body, { key: 'paid-before' });
    expect([again.status, again.json]).toEqual([200, first.json]);
  });

  test('on a card account without a PIN says so', async () => {
    expectProblem(await house.post(path, typed(4, pin)), 'pin-not-set');
  });
});

describe('a wrong PIN that is typed once', () => {
  test('is one try, however often the terminal sends it before it hears', async () => {
    const body = typed(3, '999999');
    const timeMs = Date.now();
    const sent = await Promise.all(
      Array.from({ length: 5 }, (_, i) => house.post(path, body, { key: 'hasty', timeMs: timeMs - i })),
    );
    for (const answer of sent) expectProblem(answer, 'pin-wrong');
    expect((await house.post(path, typed(3, pin))).status).toBe(200);
  });
});

describe('an envelope', () => {
  test('opens for its own transaction only: from another trace or terminal it is refused, and nothing happens', async () => {
    const before = await rowCounts(house.owner);
    const { pin: envelope } = typed(0, pin);
    expectProblem(
      await house.post(path, { ...payment({ amount: 2_000 }), pin: envelope }),
      'pin-envelope-invalid',
    );
    const elsewhere = typed(0, pin);
    const sent = { terminalId: merchantTerminal(2) };
    expectProblem(await house.post(path, elsewhere, sent), 'pin-envelope-invalid');
    expect(await rowCounts(house.owner)).toEqual(before);
  });

  test('stands in no line of a batch: nobody typed it', async () => {
    const line = { ...typed(0, pin), idempotencyKey: 'line-with-pin' };
    const answer = await house.post(`${path}/batch`, { transactions: [line] }, { key: null });
    expect(answer.json.results[0]).toMatchObject({ httpStatus: 400, body: { code: 'invalid-request' } });
  });
});
