import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accountId } from '#ledger/rules/accounts.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { readNets } from '#settlement/day-report.ts';
import { verify } from '#settlement/verify.ts';
import { expectProblem } from '#testing/http/expect-problem.ts';
import { type Got, rowCounts } from '#testing/http/http-calls.ts';
import { type HttpTown, holderToken, openHttpTown } from '#testing/http/http-town.ts';
import { newMessageId, openPersonalAccounts } from '#testing/http/medical-town.ts';
import { cardNumber, cardRef, town as places } from '#testing/town.ts';

const personalFen = 30_000;
const ownFen = 100_000;
const cards = 30;
let database: TestDatabase;
let town: HttpTown;
let card = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  town = await openHttpTown(database.url, { cards });
  const all = Array.from({ length: cards }, (_, i) => i);
  await openPersonalAccounts(town, all, BigInt(personalFen));
});
afterAll(async () => {
  expect(await verify(town.parts.reports)).toMatchObject({ ok: true });
  await town.close();
  await database.drop();
});

const settle = {
  total: 10_000,
  fund: 6_000,
  personalAccount: 1_200,
  mutualAid: 500,
  cash: 1_500,
  amount: 2_000,
  currency: 'CNY',
  localTime: '2026-11-22T08:30:00',
};
const hospital = { terminalId: places.hospitalTerminal };
const post = (path: string, body: object, sent: object = {}) =>
  town.post(`/v1/medical/${path}`, body, { ...hospital, ...sent });
/** A settlement of the card that the test took, under a message id of its own. */
const settlement = (over: object = {}) => ({
  messageId: newMessageId(),
  cardNumber: cardNumber(card),
  ...settle,
  ...over,
});
const cancellation = (of: { messageId: string; amount?: number }) => ({
  messageId: newMessageId(),
  originalMessageId: of.messageId,
  cardNumber: cardNumber(card),
  ...(of.amount === undefined ? {} : { amount: of.amount }),
});
const reversal = (of: { messageId: string; amount?: number }) => {
  const { messageId, ...body } = cancellation(of);
  return body;
};
const isApproved = (answer: Got) => {
  expect(answer.status, answer.text).toBe(200);
  return answer.json;
};

const runOn = (name: string, text: string, values: unknown[] = []) => town.owner.run({ name, text }, values);

/** The postings of an entry, by account: what each payer paid. */
async function legsOf(transactionId: string): Promise<Map<bigint, bigint>> {
  const { rows } = await runOn(
    'test-legs',
    'select account_id, amount_fen from ledger.postings where entry_id = $1 order by 1',
    [transactionId.split('-')[1]],
  );
  return new Map(rows as [bigint, bigint][]);
}

async function stand(): Promise<{ medical: number; online: number }> {
  const id = cardRef(card).cardAccountId;
  const { rows } = await runOn(
    'test-stand',
    'select id, balance_fen from ledger.accounts where id = any($1::bigint[])',
    [[String(accountId(id, 'medical')), String(accountId(id, 'online'))]],
  );
  const found = new Map(rows as [bigint, bigint][]);
  return {
    medical: Number(found.get(accountId(id, 'medical'))),
    online: Number(found.get(accountId(id, 'online'))),
  };
}
const untouched = { medical: personalFen, online: ownFen };

const owed = (id: number, code: 'payable' | 'receivable') => accountId(BigInt(id), code);
const purse = (code: 'medical' | 'online') => accountId(cardRef(card).cardAccountId, code);
const nextCard = () => {
  card += 1;
};

describe('a settlement', () => {
  test('takes from each payer exactly its part, and the hospital is owed all but the cash', async () => {
    nextCard();
    const { transactionId } = isApproved(await post('settlements', settlement()));
    expect(await legsOf(transactionId)).toEqual(
      new Map([
        [owed(places.hospitalId, 'payable'), 8_500n],
        [owed(places.pooledFundId, 'receivable'), -6_000n],
        [owed(places.mutualAidId, 'receivable'), -500n],
        [purse('online'), -800n],
        [purse('medical'), -1_200n],
      ]),
    );
    expect(await stand()).toEqual({ medical: personalFen - 1_200, online: ownFen - 800 });
  });

  test('is shown to its holder with all of its legs', async () => {
    card = 0;
    isApproved(await post('settlements', settlement()));
    const history = await town.read('/v1/card-accounts/mine/history?limit=1', holderToken(0));
    expect(history.json.entries[0]).toMatchObject({
      sector: 'medical',
      detail: { total: '10000', fund: '6000', personalAccount: '1200', mutualAid: '500', cash: '1500' },
    });
    card = 1;
  });

  test('that the funds pay alone takes nothing from the card, and goes back once', async () => {
    nextCard();
    const { amount, ...rest } = settlement({ fund: 9_500, personalAccount: 0, mutualAid: 500, cash: 0 });
    const { transactionId, purses } = isApproved(await post('settlements', rest));
    expect(purses).toEqual([]);
    expect((await legsOf(transactionId)).get(owed(places.hospitalId, 'payable'))).toBe(10_000n);
    isApproved(await post('settlements/cancellations', cancellation(rest)));
    expectProblem(await post('reversals', reversal(rest)), 'already-returned');
    expectProblem(await post('settlements/cancellations', cancellation(rest)), 'already-returned');
    expect(await stand()).toEqual(untouched);
  });

  test.for([
    { why: 'a fen too much', over: { total: 10_001 }, code: 'legs-do-not-add-up' },
    {
      why: 'a personal account above the card',
      over: { personalAccount: 2_001 },
      code: 'legs-do-not-add-up',
    },
    {
      why: 'all in cash',
      over: { fund: 0, mutualAid: 0, cash: 10_000, amount: undefined, personalAccount: 0 },
      code: 'amount-missing',
    },
    {
      why: 'more than the personal account has',
      over: { total: 50_000, fund: 0, mutualAid: 0, cash: 0, amount: 50_000, personalAccount: 40_000 },
      code: 'insufficient-funds',
    },
  ] as const)('that is $why is refused as $code and moves nothing', async ({ over, code }) => {
    nextCard();
    expectProblem(await post('settlements', settlement(over)), code);
    expect(await stand()).toEqual(untouched);
  });

  test('of a pharmacy is none: it is paid by amount alone, the personal account first', async () => {
    nextCard();
    const pharmacy = { terminalId: places.pharmacyTerminal };
    expectProblem(await post('settlements', settlement(), pharmacy), 'no-tariff');
    const payment = {
      sector: 'medical',
      cardNumber: cardNumber(card),
      amount: personalFen + 500,
      currency: 'CNY',
      batchNumber: 1,
      traceNumber: 1,
      localTime: settle.localTime,
    };
    isApproved(await town.post('/v1/transactions', payment, pharmacy));
    expect(await stand()).toEqual({ medical: 0, online: ownFen - 500 });
  });

  test('is its message: repeated under the same or another key it is the same one, and a leg may not differ', async () => {
    nextCard();
    const body = settlement();
    const first = await post('settlements', body, { key: 'first' });
    const again = await post('settlements', body, { key: 'first' });
    const other = await post('settlements', body, { key: 'second' });
    for (const repeat of [again, other])
      expect(isApproved(repeat).transactionId).toBe(first.json.transactionId);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const changed = { ...body, fund: 5_900, mutualAid: 600 };
    const reused = await post('settlements', changed, { key: 'third' });
    expectProblem(reused, 'key-reused');
    expect(reused.json.field).toBe('detail');
    expect(await stand()).toEqual({ medical: personalFen - 1_200, online: ownFen - 800 });
  });

  test('whatever its legs are, either adds up payer by payer or is refused and moves nothing', async () => {
    nextCard();
    const leg = fc.integer({ min: 0, max: 30 });
    const anyLegs = fc.record({
      fund: leg,
      personalAccount: leg,
      mutualAid: leg,
      cash: leg,
      card: leg,
      off: fc.constantFrom(0, 0, 0, 1, -1),
    });
    let approved = 0;
    for (const some of fc.sample(anyLegs, { numRuns: 60, seed: 46 })) {
      const { fund, personalAccount, mutualAid, cash, off } = some;
      const total = fund + mutualAid + cash + some.card + off;
      if (total < 1) continue;
      const amount = some.card === 0 ? undefined : some.card;
      const body = settlement({ total, fund, personalAccount, mutualAid, cash, amount });
      const before = await rowCounts(town.owner);
      const answer = await post('settlements', body);
      const fits = off === 0 && personalAccount <= some.card && total > cash;
      expect(answer.status === 200, JSON.stringify(some)).toBe(fits);
      if (!fits) {
        const after = await rowCounts(town.owner);
        expect(after['ledger.postings']).toBe(before['ledger.postings']);
        continue;
      }
      approved += 1;
      const legs = await legsOf(answer.json.transactionId);
      const paid = (id: bigint) => Number(-(legs.get(id) ?? 0n));
      expect(paid(owed(places.pooledFundId, 'receivable'))).toBe(fund);
      expect(paid(owed(places.mutualAidId, 'receivable'))).toBe(mutualAid);
      expect(paid(purse('medical'))).toBe(personalAccount);
      expect(paid(purse('online'))).toBe(some.card - personalAccount);
      expect(-paid(owed(places.hospitalId, 'payable'))).toBe(total - cash);
    }
    expect(approved).toBeGreaterThan(10);
  });
});

describe('a settlement that is taken back', () => {
  test('by its cancellation is given back to every payer, once; repeats get the same answer', async () => {
    nextCard();
    const body = settlement();
    isApproved(await post('settlements', body));
    const cancel = cancellation(body);
    const first = isApproved(await post('settlements/cancellations', cancel));
    expect(await stand()).toEqual(untouched);
    expect(isApproved(await post('settlements/cancellations', cancel)).transactionId).toBe(
      first.transactionId,
    );
    const legs = await legsOf(first.transactionId);
    expect(legs.get(owed(places.pooledFundId, 'receivable'))).toBe(6_000n);
    expect(legs.get(owed(places.hospitalId, 'payable'))).toBe(-8_500n);
    expectProblem(await post('settlements/cancellations', cancellation(body)), 'already-returned');
  });

  test('a cancellation of what is not there is refused, pinned, and leaves no tombstone', async () => {
    nextCard();
    const body = settlement();
    const cancel = cancellation(body);
    expectProblem(await post('settlements/cancellations', cancel), 'original-not-found');
    isApproved(await post('settlements', body));
    expectProblem(await post('settlements/cancellations', cancel), 'original-not-found');
    expect(await stand()).toEqual({ medical: personalFen - 1_200, online: ownFen - 800 });
    isApproved(await post('settlements/cancellations', cancellation(body)));
  });

  test('a cancellation of one that was declined is refused: nothing of it is there', async () => {
    nextCard();
    const body = settlement({ total: 10_001 });
    expectProblem(await post('settlements', body), 'legs-do-not-add-up');
    expectProblem(await post('settlements/cancellations', cancellation(body)), 'original-not-found');
  });

  test('a message id of a cancellation is not another’s: neither another original nor another kind', async () => {
    nextCard();
    const [one, two] = [settlement(), settlement()];
    isApproved(await post('settlements', one));
    isApproved(await post('settlements', two));
    const cancel = cancellation(one);
    isApproved(await post('settlements/cancellations', cancel));
    const reused = { ...cancel, originalMessageId: two.messageId };
    expectProblem(await post('settlements/cancellations', reused), 'key-reused');
    expectProblem(await post('settlements', settlement({ messageId: cancel.messageId })), 'key-reused');
  });

  test('a reversal that comes first leaves a tombstone: the settlement is refused, and cannot be cancelled', async () => {
    nextCard();
    const body = settlement();
    isApproved(await post('reversals', reversal(body)));
    expectProblem(await post('settlements', body), 'reversed-before-arrival');
    expectProblem(await post('settlements/cancellations', cancellation(body)), 'original-not-found');
    expect(await stand()).toEqual(untouched);
  });

  test('by cancellations and reversals at once goes back once', async () => {
    nextCard();
    for (let round = 0; round < 5; round++) {
      const body = settlement();
      isApproved(await post('settlements', body));
      const answers = await Promise.all([
        post('reversals', reversal(body)),
        post('settlements/cancellations', cancellation(body)),
        post('reversals', reversal(body)),
        post('settlements/cancellations', cancellation(body)),
      ]);
      const moved = answers.filter((answer) => answer.status === 200);
      expect(new Set(moved.map((answer) => answer.json.transactionId)).size).toBe(1);
      expect(await stand()).toEqual(untouched);
    }
  });

  test('a part of one is given back to nobody: it goes back as a whole or not at all', async () => {
    nextCard();
    const { transactionId } = isApproved(await post('settlements', settlement()));
    const trace = { batchNumber: 1, traceNumber: 2, localTime: settle.localTime };
    const refund = { amount: 500, currency: 'CNY', ...trace };
    expectProblem(
      await town.post(`/v1/transactions/${transactionId}/refunds`, refund, hospital),
      'not-returnable',
    );
  });
});

describe('a pre-settlement', () => {
  const { localTime, ...asked } = settle;
  const ask = (over: object = {}, sent: object = {}) =>
    post('pre-settlements', { cardNumber: cardNumber(card), ...asked, ...over }, sent);

  test('says whether it could be paid and what there is, and moves nothing', async () => {
    nextCard();
    const before = await rowCounts(town.owner);
    expect(isApproved(await ask())).toEqual({
      payable: true,
      reason: null,
      personalAccount: { asked: 1_200, available: personalFen },
      ownMoney: { asked: 800, available: ownFen },
      currency: 'CNY',
    });
    expect(await rowCounts(town.owner)).toEqual(before);
  });

  test.for([
    [{ total: 10_001 }, 'legs-do-not-add-up'],
    [
      { total: 40_000, fund: 0, mutualAid: 0, cash: 0, amount: 40_000, personalAccount: 30_001 },
      'insufficient-funds',
    ],
  ] as const)('of %j says %s', async ([over, reason]) => {
    expect(isApproved(await ask(over))).toMatchObject({ payable: false, reason });
  });

  test('is for medical terminals', async () => {
    expectProblem(await ask({}, { terminalId: places.bankTerminal }), 'kind-not-allowed');
    expectProblem(await ask({ cardNumber: '9999999999999999' }), 'card-unknown');
  });
});

test('the day’s nets show what the hospital is owed and what the funds owe', async () => {
  const report = await readNets(town.parts.reports, 'current');
  const net = (id: number) => report?.nets.find((line) => line.participantId === id)?.netFen;
  expect(net(places.hospitalId)).toBeGreaterThan(0n);
  expect(net(places.pooledFundId)).toBeLessThan(0n);
  expect(net(places.mutualAidId)).toBeLessThan(0n);
});

test.for([
  ['a message id that is no message id', { messageId: 'H1' }],
  ['a message id with a day that is none', { messageId: 'H46010000001202613400830000001' }],
  ['a leg below nought', { fund: -1 }],
  ['a field that nobody knows', { surprise: 1 }],
] as const)('%s is refused at the edge', async ([, over]) => {
  expectProblem(await post('settlements', settlement(over)), 'invalid-request');
});
