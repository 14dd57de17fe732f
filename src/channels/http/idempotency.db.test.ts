import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { closeDay } from '#settlement/close-day.ts';
import { expectProblem } from '#testing/http/expect-problem.ts';
import { type Got, got, payment, rowCounts } from '#testing/http/http-calls.ts';
import { financeToken, type HttpTown, openHttpTown } from '#testing/http/http-town.ts';
import { cardNumber, cardRef, merchantTerminal, town } from '#testing/town.ts';
import { httpApp } from './app.ts';

let database: TestDatabase;
let house: HttpTown;

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openHttpTown(database.url);
});
afterAll(async () => {
  await house?.close();
  await database?.drop();
});

const path = '/v1/transactions';
const key = () => crypto.randomUUID();
/** A millisecond later each time, so that no two calls carry the same signature. */
const baseMs = Date.now() - 60_000;
let ticks = 0;
const post = (body: unknown, sent: Parameters<HttpTown['post']>[2] = {}, at = path) =>
  house.post(at, body, { timeMs: baseMs + ++ticks, ...sent });
const outcomes = async () => (await rowCounts(house.owner))['idempotency.outcomes'] as number;

function expectReplay(again: Got, first: Got): void {
  expect(again.text).toBe(first.text);
  expect(again.status).toBe(first.status);
  expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
  expect(first.headers.get('idempotent-replayed')).toBeNull();
  expect(again.headers.get('idempotent-replayed')).toBe('true');
}

describe('the key', () => {
  test('is needed: without one nothing is done', async () => {
    const before = await outcomes();
    expectProblem(await post(payment(), { key: null }), 'idempotency-key-missing');
    expect(await outcomes()).toBe(before);
  });

  test.each([
    ['two quotes around nothing', '""'],
    ['256 characters', 'x'.repeat(256)],
    ['256 quoted characters', `"${'x'.repeat(256)}"`],
    ['one quote', '"'],
    ['an open quote', '"abc'],
    ['a quote at the end', 'abc"'],
    ['a quote within', '"a"b"'],
    ['a wrong escape', '"a\\b"'],
    ['two keys', '"a", "b"'],
    ['two plain keys', 'a, b'],
    ['a parameter', '"a";b'],
    ['a character that is no ASCII', 'clé'],
    ['a quoted blank at the start', '" a"'],
  ])('of %s is malformed', async (_, written) => {
    const before = await outcomes();
    expectProblem(await post(payment(), { key: written }), 'idempotency-key-invalid');
    expect(await outcomes()).toBe(before);
  });

  test.each([
    ['plain and quoted', 'k-1', '"k-1"'],
    ['255 characters', 'x'.repeat(255), `"${'x'.repeat(255)}"`],
    ['with escapes', '"a\\"b\\\\c"', '"a\\"b\\\\c"'],
  ])('%s is the same key', async (_, one, other) => {
    const body = payment();
    const first = await post(body, { key: one });
    expect(first.status).toBe(200);
    expectReplay(await post(body, { key: other }), first);
  });

  test('an escaped character is the character: "a\\"b" and "a\\\\b" are two keys', async () => {
    expect((await post(payment(), { key: '"a\\"b-1"' })).status).toBe(200);
    expect((await post(payment(), { key: '"a\\\\b-1"' })).status).toBe(200);
  });

  test('at two terminals is two payments', async () => {
    const same = key();
    const one = await post(payment(), { key: same });
    const other = await post(payment(), { key: same, terminalId: merchantTerminal(2) });
    expect([one.status, other.status]).toEqual([200, 200]);
    expect(other.json.transactionId).not.toBe(one.json.transactionId);
    expect(other.headers.get('idempotent-replayed')).toBeNull();
  });
});

describe('a repeat', () => {
  test('of an approved payment gets the identical answer, marked, and moves nothing', async () => {
    const [body, same] = [payment(), key()];
    const first = await post(body, { key: same });
    const after = await rowCounts(house.owner);
    for (let i = 0; i < 3; i++) expectReplay(await post(body, { key: same }), first);
    expect(await rowCounts(house.owner)).toEqual(after);
  });

  test('of a declined payment is declined the same way, though it could be paid now', async () => {
    const card = { cardNumber: cardNumber(5) };
    const [body, same] = [payment({ ...card, amount: 150_000 }), key()];
    const first = await post(body, { key: same });
    expectProblem(first, 'insufficient-funds');
    const load = payment({ ...card, sector: 'top-up', amount: 100_000, detail: { purse: 'online' } });
    expect((await post(load, { terminalId: town.bankTerminal })).status).toBe(200);
    expectReplay(await post(body, { key: same }), first);
  });

  test.each(['holds', 'reversals', 'captures', 'void', 'refunds'])(
    'of %s gets the identical answer',
    async (kind) => {
      const trace = () => {
        const { batchNumber, traceNumber, localTime } = payment();
        return { batchNumber, traceNumber, localTime };
      };
      const original = payment();
      const paid = await post(original);
      const held = await post(payment(), {}, '/v1/holds');
      const amount = { amount: 10, currency: 'CNY' };
      const [at, body] = {
        holds: ['/v1/holds', payment()] as const,
        reversals: ['/v1/reversals', original] as const,
        captures: [`/v1/holds/${held.json.transactionId}/captures`, { ...amount, ...trace() }] as const,
        void: [`/v1/holds/${held.json.transactionId}/void`, trace()] as const,
        refunds: [`/v1/transactions/${paid.json.transactionId}/refunds`, { ...amount, ...trace() }] as const,
      }[kind] as readonly [string, object];
      const same = key();
      const first = await post(body, { key: same }, at);
      expect(first.status, first.text).toBe(200);
      expectReplay(await post(body, { key: same }, at), first);
    },
  );

  test('with another Idempotency-Key is the same transaction: its trace names it', async () => {
    const body = payment();
    const first = await post(body);
    const before = await outcomes();
    expectReplay(await post(body), first);
    expect(await outcomes()).toBe(before);
  });

  test('gets the first answer days later, when its day is long closed', async () => {
    const [body, same] = [payment(), key()];
    const bad = payment({ amount: 90_000_000 });
    const [first, declined] = [await post(body, { key: same }), await post(bad)];
    let day = first.json.businessDate;
    for (let days = 0; days < 3; days++) {
      const closed = await closeDay(house.parts.reports, day);
      if (typeof closed === 'string') throw new Error(closed);
      day = closed.nextDate;
    }
    expect((await post(payment())).json.businessDate).toBe(day);
    expectReplay(await post(body, { key: same }), first);
    expectReplay(await post(bad), declined);
  });

  test('that says so itself gets no other answer', async () => {
    const [body, same] = [payment(), key()];
    const first = await post(body, { key: same, headers: { 'retry-attempt': '3' } });
    expect([first.status, first.headers.get('idempotent-replayed')]).toEqual([200, null]);
    expectReplay(await post(body, { key: same, headers: { 'retry-attempt': '4' } }), first);
  });
});

describe('a key that is used for another request', () => {
  const transit = { terminalId: town.operatorTerminal };
  const tap = () => payment({ sector: 'transit', amount: undefined, detail: { line: '5' } });
  test.each<{
    field: string;
    change: object;
    make?: () => Record<string, unknown>;
    sent?: object;
    at?: string;
  }>([
    { field: 'cardNumber', change: { cardNumber: cardNumber(1) } },
    { field: 'amount', change: { amount: 101 } },
    { field: 'localTime', change: { localTime: `${town.firstDay}T08:30:01` } },
    { field: 'traceNumber', change: { traceNumber: 999_999 } },
    { field: 'traceNumber', change: { batchNumber: 2 } },
    { field: 'detail', change: { detail: { line: '6' } }, make: tap, sent: transit },
    { field: 'sector', change: { sector: 'transit', detail: { line: '5' } } },
    { field: 'kind', change: {}, at: '/v1/holds' },
  ])('is told the field that differs: $field', async ({ field, change, make = payment, sent, at = path }) => {
    const [body, same] = [make(), key()];
    const first = await post(body, { key: same, ...sent });
    expect(first.status, first.text).toBe(200);
    const before = await rowCounts(house.owner);
    const other = await post({ ...body, ...change }, { key: same, ...sent }, at);
    expectProblem(other, 'key-reused');
    expect(other.json.field).toBe(field);
    expect(other.headers.get('idempotent-replayed')).toBeNull();
    expect(await rowCounts(house.owner)).toEqual(before);
    expectReplay(await post(body, { key: same, ...sent }), first);
  });

  test('and so is a trace that is used again with another key', async () => {
    const body = payment();
    await post(body);
    const other = await post({ ...body, amount: 5 });
    expectProblem(other, 'key-reused');
    expect(other.json.field).toBe('amount');
  });

  test('and so is a capture of another hold', async () => {
    const ids = [];
    for (let i = 0; i < 2; i++) ids.push((await post(payment(), {}, '/v1/holds')).json.transactionId);
    const { batchNumber, traceNumber, localTime } = payment();
    const body = { amount: 10, currency: 'CNY', batchNumber, traceNumber, localTime };
    const same = key();
    expect((await post(body, { key: same }, `/v1/holds/${ids[0]}/captures`)).status).toBe(200);
    const other = await post(body, { key: same }, `/v1/holds/${ids[1]}/captures`);
    expectProblem(other, 'key-reused');
    expect(other.json.field).toBe('transactionId');
  });
});

describe('a batch', () => {
  const line = (over = {}) => ({ ...payment(over), idempotencyKey: key() });
  const send = (transactions: unknown[]) => post({ transactions }, { key: null }, '/v1/transactions/batch');

  test('that is sent again replays each line, declines too', async () => {
    const lines = [line(), line({ amount: 90_000_000 }), { ...line(), amount: -1 }];
    const first = await send(lines);
    const again = await send(lines);
    const bodies = (answer: Got) => answer.json.results.map((result: { body: object }) => result.body);
    const replays = (answer: Got) => answer.json.results.map((result: { replay: boolean }) => result.replay);
    expect(bodies(again)).toEqual(bodies(first));
    expect([replays(first), replays(again)]).toEqual([
      [false, false, false],
      [true, true, false],
    ]);
  });

  test('shares its keys with single posts, quoted or not', async () => {
    const one = line();
    const { idempotencyKey, ...body } = one;
    const first = await post(body, { key: `"${idempotencyKey}"` });
    const { json } = await send([one]);
    expect(json.results).toEqual([{ httpStatus: 200, replay: true, body: first.json }]);
  });

  test('with a line twice pays it once', async () => {
    const one = line();
    const { json } = await send([one, line(), one, { ...one, amount: 7 }]);
    const [first, , same, changed] = json.results;
    expect(same).toEqual({ ...first, replay: true });
    expect(changed).toMatchObject({ httpStatus: 422, body: { code: 'key-reused', field: 'amount' } });
  });
});

describe('a repeat while its first is on its way', () => {
  /** Holds the lock on a card's purses, so that whoever pays with it waits. */
  async function withLockedCard<T>(of: HttpTown, card: number, work: () => Promise<T>): Promise<T> {
    const client = await of.parts.reports.connect();
    try {
      await client.query('begin');
      const owner = cardRef(card).cardAccountId * 16n;
      await client.query('select from ledger.accounts where id between $1 and $2 for update', [
        owner,
        owner + 15n,
      ]);
      return await work();
    } finally {
      await client.query('rollback');
      client.release();
    }
  }

  test('waits for the answer and gets it as a replay', async () => {
    const [body, same] = [payment({ cardNumber: cardNumber(3) }), key()];
    const sent = await withLockedCard(house, 3, async () => {
      const calls = [1, 2, 3].map(() => post(body, { key: same }));
      expect(await Promise.race([...calls, sleep(200)])).toBeUndefined();
      return calls;
    });
    const [first, ...others] = await Promise.all(sent);
    for (const other of others) expectReplay(other, first as Got);
  });

  test('with another body is told so once the first is decided', async () => {
    const [body, same] = [payment({ cardNumber: cardNumber(3) }), key()];
    const sent = await withLockedCard(house, 3, async () => {
      const calls = [post(body, { key: same }), post({ ...body, amount: 9 }, { key: same })];
      await sleep(100);
      return calls;
    });
    const [first, other] = await Promise.all(sent);
    expect(first?.status).toBe(200);
    expectProblem(other as Got, 'key-reused');
    expect(other?.json.field).toBe('amount');
  });

  test('past the number that may wait is a 409 that may be sent again as it is', async () => {
    const [body, same] = [payment({ cardNumber: cardNumber(4) }), key()];
    const calls = Array.from({ length: 10 }, (_, i) =>
      house.sign(path, body, { key: same, timeMs: baseMs - i }),
    );
    const sent = await withLockedCard(house, 4, async () => {
      const answers = calls.map((call) => got(house.app.request(path, call)));
      await sleep(200);
      return answers;
    });
    const answers = await Promise.all(sent);
    const late = answers.at(-1) as Got;
    expectProblem(late, 'request-in-flight');
    expect(late.headers.get('retry-after')).toBe('1');
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(9);
    expectReplay(await got(house.app.request(path, calls.at(-1) as RequestInit)), answers[0] as Got);
    const used = await got(house.app.request(path, calls[0] as RequestInit));
    expectProblem(used, 'signature-replayed');
  });

  test('past the time that it waits is a 409', async () => {
    const other = await createTestDatabase();
    const hasty = await openHttpTown(other.url, { requestTimeoutMs: 300 });
    const [body, same] = [payment(), key()];
    const [first, late] = await withLockedCard(hasty, 0, async () => {
      const calls = [baseMs, baseMs + 1].map((timeMs) => hasty.post(path, body, { key: same, timeMs }));
      await sleep(500);
      return calls;
    });
    expectProblem((await late) as Got, 'request-in-flight');
    expect((await first)?.status).toBe(200);
    await hasty.close();
    await other.drop();
  });
});

describe('a request that was not decided', () => {
  test('because it was busy may be sent again with its very signature', async () => {
    const other = await createTestDatabase();
    const full = await openHttpTown(other.url, { queueLengthMax: 6 });
    // One group at a time and a short queue: of many at once, some are turned away.
    const calls = Array.from({ length: 60 }, () => full.sign(path, payment({ amount: 1 })));
    const answers = await Promise.all(calls.map((call) => got(full.app.request(path, call))));
    const busyAt = answers.findIndex((answer) => answer.status === 503);
    const busy = answers[busyAt] as Got;
    expectProblem(busy, 'busy');
    expect(busy.headers.get('retry-after')).toBe('1');
    const approved = answers.filter((answer) => answer.status === 200);
    expect(approved.length).toBeGreaterThan(0);
    const paid = (await rowCounts(full.owner))['ledger.entries'] as number;
    const again = await got(full.app.request(path, calls[busyAt] as RequestInit));
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, null]);
    expect((await rowCounts(full.owner))['ledger.entries']).toBe(paid + 1);
    await full.close();
    await other.drop();
  });

  test('because a look-up failed is a 500 with a number of its own, and may be sent again as it is', async () => {
    const app = brokenOnce(house, 'resolveCard');
    const call = house.sign(path, payment());
    const fault = await got(app.request(path, call));
    expectProblem(fault, 'fault');
    expect(fault.json.requestId).toMatch(/^[b-v]{16}$/);
    expect((await got(app.request(path, call))).status).toBe(200);
  });

  test('of a batch is one line: the others are answered', async () => {
    const app = brokenOnce(house, 'resolveCard');
    const transactions = [0, 1].map((card) => ({
      ...payment({ cardNumber: cardNumber(card) }),
      idempotencyKey: key(),
    }));
    const call = house.sign('/v1/transactions/batch', { transactions }, { key: null });
    const { json } = await got(app.request('/v1/transactions/batch', call));
    expect(json.results).toMatchObject([{ httpStatus: 500, body: { code: 'fault' } }, { httpStatus: 200 }]);
    const again = await got(app.request('/v1/transactions/batch', call));
    expect(again.json.results).toMatchObject([
      { httpStatus: 200, replay: false },
      { httpStatus: 200, replay: true },
    ]);
  });

  test.each(['resolveCard', 'session'] as const)(
    'because an inquiry failed at its %s may be asked again as it is',
    async (part) => {
      const app = brokenOnce(house, part);
      const call = house.sign('/v1/card-inquiries', { cardNumber: cardNumber(0) }, { key: null });
      expectProblem(await got(app.request('/v1/card-inquiries', call)), 'fault');
      expect((await got(app.request('/v1/card-inquiries', call))).status).toBe(200);
    },
  );

  test('because its reader failed is a 500', async () => {
    const app = brokenOnce(house, 'session');
    const headers = { authorization: `Bearer ${financeToken}` };
    expectProblem(await got(app.request('/v1/card-accounts/1000000/balances', { headers })), 'fault');
  });
});

/** The same house with one part that fails the first time it is asked. */
function brokenOnce(of: HttpTown, part: 'resolveCard' | 'session') {
  let failed = false;
  const failOnce = () => {
    if (failed) return;
    failed = true;
    throw new Error('a bug of ours');
  };
  const { resolveCard, session } = of.parts;
  const broken = {
    resolveCard: async (number: string) => {
      failOnce();
      return resolveCard(number);
    },
    session: {
      run: async (...asked: Parameters<typeof session.run>) => {
        failOnce();
        return session.run(...asked);
      },
    },
  };
  return httpApp({ ...of.parts, [part]: broken[part] });
}
