import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkDigitOf } from '#cards/rules/id-number.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { expectProblem } from '#testing/http/expect-problem.ts';
import { type Got, payment } from '#testing/http/http-calls.ts';
import {
  auditorToken,
  financeToken,
  type HttpTown,
  holderToken,
  openHttpTown,
  operatorToken,
} from '#testing/http/http-town.ts';
import { cardNumber, cardRef, merchantTerminal } from '#testing/town.ts';

let database: TestDatabase;
let house: HttpTown;

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openHttpTown(database.url, { cards: 12 });
});
afterAll(async () => {
  await house?.close();
  await database?.drop();
});

const idNumber = (n: number) => {
  const first = `46010519800101${String(n).padStart(3, '0')}`;
  return first + checkDigitOf(first);
};
const reason = 'at the counter';
const person = (n: number) => ({ idNumber: idNumber(n), name: '测某', product: 'standard', reason });
const numberOf = (n: number) => `9490${String(n).padStart(12, '0')}`;
const issued = async (n: number): Promise<string> => {
  const got = await house.tell('/v1/cards', { ...person(n), cardNumber: numberOf(n) });
  expect(got.status, got.text).toBe(200);
  return got.json.cardId;
};
const step = (id: string | bigint, what: string) =>
  house.tell(`/v1/cards/${id}/steps`, { step: what, reason });
const pay = (number: string) => house.post('/v1/transactions', payment({ cardNumber: number }));

describe('an operator', () => {
  test('takes an application, issues its card, activates it, and the card pays once it has money', async () => {
    const applied = await house.tell('/v1/card-applications', person(1));
    expect(applied.json).toEqual({ applicationId: expect.stringMatching(/^\d+$/), repeated: false });
    const body = { applicationId: applied.json.applicationId, cardNumber: numberOf(1), reason };
    const card = await house.tell('/v1/cards', body);
    expect(card.json).toMatchObject({ repeated: false, expiresOn: expect.stringMatching(/^20\d\d-/) });
    expectProblem(await pay(numberOf(1)), 'card-not-active');
    const path = `/v1/cards/${card.json.cardId}/activation`;
    expectProblem(await house.tell(path, { reason }), 'secrets-needed');
    const simple = { queryPassword: '111111', paymentPin: '135790', reason };
    expectProblem(await house.tell(path, simple), 'password-too-simple');
    expectProblem(await pay(numberOf(1)), 'card-not-active');
    const active = await house.tell(path, { ...simple, queryPassword: '246813' });
    expect(active.json).toMatchObject({ status: 'active', liftsAt: null, repeated: false });
    expectProblem(await pay(numberOf(1)), 'insufficient-funds');
    const signIn = { cardNumber: numberOf(1), password: '246813' };
    expect((await house.send('/v1/holder-sign-ins', signIn)).status).toBe(200);
    // Whoever activates it once more changes nothing of what the holder typed.
    const other = { queryPassword: '975310', paymentPin: '864209', reason };
    expect((await house.tell(path, other)).json).toMatchObject({ status: 'active', repeated: true });
    expect((await house.send('/v1/holder-sign-ins', signIn)).status).toBe(200);
    const again = await house.tell('/v1/cards', body);
    expect(again.json).toEqual({ ...card.json, repeated: true });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
  });

  test('is told what stands against an issue', async () => {
    await issued(2);
    const other = await house.tell('/v1/cards', { ...person(3), cardNumber: numberOf(2) });
    expectProblem(other, 'card-number-taken');
    expectProblem(
      await house.tell('/v1/cards', { ...person(2), cardNumber: numberOf(3) }),
      'person-has-card',
    );
    expectProblem(await house.tell('/v1/card-applications', person(2)), 'person-has-card');
    const gold = { ...person(3), product: 'gold' };
    expectProblem(await house.tell('/v1/cards', { ...gold, cardNumber: numberOf(3) }), 'product-unknown');
    const wrong = { ...person(3), idNumber: '460105198001010030' };
    const answer = await house.tell('/v1/card-applications', wrong);
    expectProblem(answer, 'id-number-wrong');
    expect(answer.text).not.toContain('4601051980');
    const nobody = { applicationId: '999999', cardNumber: numberOf(3), reason };
    expectProblem(await house.tell('/v1/cards', nobody), 'application-unknown');
    const old = { ...person(3), cardNumber: numberOf(3), expiresOn: '2020-01-01' };
    expectProblem(await house.tell('/v1/cards', old), 'expiry-wrong');
  });

  test.each([
    ['/v1/cards', { reason, cardNumber: '9490000000000004' }],
    ['/v1/cards', { ...person(4), applicationId: '1', cardNumber: '9490000000000004' }],
    ['/v1/cards', { ...person(4), cardNumber: '94' }],
    ['/v1/cards', { ...person(4), cardNumber: '9490000000000004', photo: 'x' }],
    ['/v1/card-applications', { ...person(4), name: '测\n某' }],
    ['/v1/card-applications', { ...person(4), reason: '' }],
    ['/v1/cards/1000001/steps', { step: 'expire', reason }],
    ['/v1/cards/1000001/steps', { step: 'lock' }],
    ['/v1/card-searches', {}],
    ['/v1/card-searches', { cardNumber: '9490000000000004', idNumber: idNumber(4) }],
  ])('is told at %s that %j is not as the interface says', async (path, body) => {
    const answer = await house.tell(path, body);
    expectProblem(answer, 'invalid-request');
    for (const value of [numberOf(4), idNumber(4), '测']) expect(answer.text).not.toContain(value);
  });

  test('locks and unlocks a card, and is told the status that does not allow a step', async () => {
    const { cardId } = cardRef(5);
    expect((await step(cardId, 'lock')).json).toMatchObject({ status: 'locked' });
    expectProblem(await pay(cardNumber(5)), 'card-locked');
    const refused = await step(cardId, 'lift-temporary-loss');
    expectProblem(refused, 'step-not-allowed');
    expect(refused.json.detail).toBe('locked');
    await step(cardId, 'unlock');
    expect((await pay(cardNumber(5))).status).toBe(200);
    expectProblem(await step(cardId, 'close'), 'purse-not-empty');
    expectProblem(await step('99999999', 'lock'), 'card-unknown');
    expectProblem(await step('abc', 'lock'), 'card-unknown');
  });

  test('replaces a card: the new number pays from the same purses', async () => {
    const path = `/v1/cards/${cardRef(6).cardId}/replacement`;
    const replaced = await house.tell(path, { cardNumber: numberOf(60), active: true, reason });
    expect(replaced.json).toMatchObject({
      status: 'active',
      cardAccountId: String(cardRef(6).cardAccountId),
    });
    expectProblem(await pay(cardNumber(6)), 'card-replaced');
    expect((await pay(numberOf(60))).json.purses[0].balance).toBe(99_900);
    expectProblem(await house.tell(path, { cardNumber: numberOf(61), reason }), 'step-not-allowed');
    expectProblem(
      await house.tell(`/v1/cards/${cardRef(7).cardId}/replacement`, { cardNumber: numberOf(60), reason }),
      'card-number-taken',
    );
  });

  test('finds cards by number and by person, masked, and so does an auditor, who changes nothing', async () => {
    const cardId = await issued(8);
    for (const token of [operatorToken, auditorToken])
      for (const search of [{ cardNumber: numberOf(8) }, { idNumber: idNumber(8) }]) {
        const { json, text } = await house.tell('/v1/card-searches', search, token);
        expect(json.cards).toMatchObject([{ cardId, name: '测*', numberTail: '0008', status: 'not-active' }]);
        for (const value of [numberOf(8), idNumber(8), '测某']) expect(text).not.toContain(value);
      }
    const shown = await house.read(`/v1/cards/${cardId}`, auditorToken);
    expect(shown.json.events).toMatchObject([{ step: 'issue', from: null, to: 'not-active', actorId: '2' }]);
    expectProblem(await house.read('/v1/cards/99999999', auditorToken), 'card-unknown');
    const path = `/v1/cards/${cardId}/steps`;
    expectProblem(await house.tell(path, { step: 'lock', reason }, auditorToken), 'not-yours');
  });
});

describe('nobody else', () => {
  test.each([
    ['/v1/card-applications', person(9)],
    ['/v1/cards', { ...person(9), cardNumber: numberOf(9) }],
    ['/v1/cards/1000001/steps', { step: 'lock', reason }],
    ['/v1/cards/1000001/replacement', { cardNumber: numberOf(9), reason }],
    ['/v1/card-searches', { idNumber: idNumber(9) }],
  ])('may post to %s', async (path, body) => {
    expectProblem(await house.tell(path, body, financeToken), 'not-yours');
    expectProblem(await house.tell(path, body, holderToken(0)), 'not-yours');
    expectProblem(await house.tell(path, body, 'x'.repeat(40)), 'token-missing');
  });

  test('may look at a card, a holder at their own neither: the holder pages show it', async () => {
    expectProblem(await house.read(`/v1/cards/${cardRef(0).cardId}`, holderToken(0)), 'not-yours');
    expectProblem(await house.read(`/v1/cards/${cardRef(0).cardId}`, financeToken), 'not-yours');
  });
});

describe('a holder', () => {
  const report = (card: number, kind: string) =>
    house.tell('/v1/card-accounts/mine/loss-reports', { kind }, holderToken(card));

  test('reports a loss that counts at once, and is told from when, and until when', async () => {
    expect((await pay(cardNumber(0))).status).toBe(200);
    const { json } = await report(0, 'temporary');
    expect(json).toMatchObject({ status: 'temporarily-lost', repeated: false });
    expect(Date.parse(json.liftsAt) - Date.parse(json.effectiveAt)).toBeGreaterThan(6 * 86_400_000);
    expectProblem(await pay(cardNumber(0)), 'card-temporarily-lost');
    expect((await report(0, 'temporary')).json).toEqual({ ...json, repeated: true });
    expect((await report(0, 'formal')).json).toMatchObject({ status: 'lost', liftsAt: null });
    expectProblem(await pay(cardNumber(0)), 'card-lost');
    expectProblem(await report(0, 'temporary'), 'step-not-allowed');
  });

  test('is the only one who reports it this way', async () => {
    const path = '/v1/card-accounts/mine/loss-reports';
    expectProblem(await house.tell(path, { kind: 'formal' }, operatorToken), 'not-yours');
    expectProblem(await house.tell(path, { kind: 'lost' }, holderToken(1)), 'invalid-request');
  });
});

describe('a terminal', () => {
  const hotList = (body: object, sent = {}): Promise<Got> =>
    house.post('/v1/hot-list', body, { key: null, ...sent });

  test('is given the list and its key, computes the mark of a card, and then asks for what changed', async () => {
    await step(cardRef(9).cardId, 'report-loss');
    const first = await hotList({});
    expect(first.json).toMatchObject({ full: true, next: null });
    const key = Buffer.from(first.json.key, 'hex');
    const markOf = (number: string) => createHmac('sha256', key).update(number).digest('hex').slice(0, 16);
    expect(first.json.entries).toContainEqual({ mark: markOf(cardNumber(9)), op: 'add', cause: 'lost' });
    expect(first.json.entries.map(({ mark }: { mark: string }) => mark)).not.toContain(
      markOf(cardNumber(10)),
    );
    await step(cardRef(10).cardId, 'report-temporary-loss');
    await step(cardRef(10).cardId, 'lift-temporary-loss');
    const since = first.json.version;
    const { json } = await hotList({ since });
    expect(json).toEqual({
      version: since + 2,
      full: false,
      entries: [
        { mark: markOf(cardNumber(10)), op: 'add', cause: 'temporarily-lost' },
        { mark: markOf(cardNumber(10)), op: 'remove', cause: 'temporarily-lost' },
      ],
      next: null,
    });
    const noted = await house.owner.run({
      name: 'test-noted',
      text: 'select terminal_id, version from cards.hot_list_terminals',
    });
    expect(noted.rows).toEqual([[merchantTerminal(1), BigInt(since)]]);
  });

  test('must sign, be one that is known, and ask as the interface says', async () => {
    expectProblem(await hotList({}, { headers: { 'request-signature': '0'.repeat(64) } }), 'signature-wrong');
    expectProblem(await hotList({ since: -1 }), 'invalid-request');
    expectProblem(await hotList({ cursor: 'next' }), 'invalid-request');
    expectProblem(await hotList({ since: 1, all: true }), 'invalid-request');
  });
});
