import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { expectProblem } from '#testing/http/expect-problem.ts';
import { got, payment, rowCounts } from '#testing/http/http-calls.ts';
import { financeToken, type HttpTown, holderToken, openHttpTown } from '#testing/http/http-town.ts';
import { cardNumber, cardRef, merchantTerminal, town } from '#testing/town.ts';
import { bodyBytesMax } from './wire/body.ts';
import type { ProblemCode } from './wire/problem-catalogue.ts';

let database: TestDatabase;
let house: HttpTown;
let before: Record<string, number>;

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openHttpTown(database.url);
});
afterAll(async () => {
  await house?.close();
  await database?.drop();
});
beforeEach(async () => {
  before = await rowCounts(house.owner);
});

const path = '/v1/transactions';
/** A payment as text, with one member written as the test says. */
const written = (member: string, text: string) => {
  const { [member]: _, ...rest } = payment();
  return `${JSON.stringify(rest).slice(0, -1)},"${member}":${text}}`;
};
const without = (member: string) => {
  const { [member]: _, ...rest } = payment();
  return rest;
};
const untouched = async () => expect(await rowCounts(house.owner)).toEqual(before);

describe('an amount', () => {
  test.each([
    ['zero', '0'],
    ['minus zero', '-0'],
    ['negative', '-100'],
    ['fractional', '12.5'],
    ['a little off', '1.0000000001'],
    ['over the most', '100000000001'],
    ['no safe integer', '9007199254740992'],
    ['larger than a double tells apart', '9007199254740993'],
    ['larger than a double', '1e400'],
    ['a text', '"12"'],
    ['true', 'true'],
    ['null', 'null'],
    ['a list', '[100]'],
    ['an object', '{"fen":100}'],
    ['an empty text', '""'],
  ])('that is %s is refused by its field, and nothing happens', async (_, text) => {
    const answer = await house.post(path, written('amount', text));
    expectProblem(answer, 'invalid-request');
    const paths = answer.json.errors.map((error: { path: string }) => error.path);
    expect(new Set(paths)).toEqual(new Set(['amount']));
    await untouched();
  });

  test.each([
    ['1.0', 1],
    ['1e2', 100],
  ])('may be written %s: JSON has one kind of number', async (text, amount) => {
    const answer = await house.post(path, written('amount', text));
    expect([answer.status, answer.json.amount]).toEqual([200, amount]);
  });

  test('that is missing is declined by a sector that needs one, and pinned', async () => {
    const answer = await house.post(path, payment({ amount: undefined }));
    expectProblem(answer, 'amount-missing');
    expect(answer.json.transactionId).toBeTypeOf('string');
  });

  test('that is given where the tariff says it is declined', async () => {
    const tap = payment({ sector: 'transit', detail: { line: '5' } });
    expectProblem(await house.post(path, tap, { terminalId: town.operatorTerminal }), 'amount-not-expected');
  });
});

describe('a body', () => {
  const good = () => JSON.stringify(payment());
  const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  test.each<[string, () => string | Buffer, ProblemCode]>([
    ['that is empty', () => '', 'invalid-json'],
    ['of blanks', () => '  \n', 'invalid-json'],
    ['that is no JSON', () => '{amount: 1}', 'invalid-json'],
    ['cut short', () => good().slice(0, -1), 'invalid-json'],
    ['with something after it', () => `${good()}{}`, 'invalid-json'],
    [
      'with a byte order mark',
      () => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(good())]),
      'invalid-json',
    ],
    ['in UTF-16', () => Buffer.from(good(), 'utf16le'), 'invalid-json'],
    [
      'with a byte that is no UTF-8',
      () => Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}')]),
      'invalid-json',
    ],
    [
      'with half a character',
      () => Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xe6, 0xa4]), Buffer.from('"}')]),
      'invalid-json',
    ],
    [
      'that names a field twice',
      () => good().replace('"amount":100', '"amount":100,"amount":1'),
      'invalid-json',
    ],
    [
      'that names a field twice, once in escapes',
      () => good().replace('"amount":100', '"amount":100,"\\u0061mount":1'),
      'invalid-json',
    ],
    ['that names a detail twice', () => written('detail', '{"line":"1","line":"2"}'), 'invalid-json'],
    ['with __proto__', () => written('__proto__', '{"amount":1}'), 'invalid-json'],
    ['with __proto__ in the detail', () => written('detail', '{"__proto__":"x"}'), 'invalid-json'],
    ['with constructor', () => written('constructor', '{"prototype":{}}'), 'invalid-request'],
    ['with an unknown field', () => written('note', '"hello"'), 'invalid-request'],
    ['with an unknown detail', () => written('detail', '{"wallet":"online"}'), 'invalid-request'],
    ['with a detail that is no text', () => written('detail', '{"line":5}'), 'invalid-request'],
    ['with a detail of lists', () => written('detail', '[]'), 'invalid-request'],
    ['nested 100,000 deep', () => deep(100_000), 'invalid-request'],
    ['with a field nested 100,000 deep', () => written('detail', deep(100_000)), 'invalid-request'],
    ['that is null', () => 'null', 'invalid-request'],
    ['that is a list', () => `[${good()}]`, 'invalid-request'],
    ['that is a text', () => '"payment"', 'invalid-request'],
    ['one byte too large', () => good().padEnd(bodyBytesMax + 1), 'body-too-large'],
    ['of 10 MB', () => good().padEnd(10_000_000), 'body-too-large'],
  ])('%s is refused, and nothing happens', async (_, make, code) => {
    expectProblem(await house.post(path, make()), code);
    await untouched();
  });

  test.each([
    ['utilities', { bill: 'W-1', period: '2026-11', customer: '****0001' }],
    ['subsidies', { programme: town.programme, period: '2026-11', purse: 'subsidy' }],
  ])('of the sector %s is no terminal’s to post, whoever has its key', async (sector, detail) => {
    const sent = { terminalId: sector === 'utilities' ? town.utilityTerminal : town.bankTerminal };
    expectProblem(await house.post(path, payment({ sector, detail }), sent), 'invalid-request');
    expectProblem(await house.post('/v1/holds', payment({ sector, detail }), sent), 'invalid-request');
    await untouched();
  });

  test('of exactly the most bytes is taken', async () => {
    expect((await house.post(path, good().padEnd(bodyBytesMax))).status).toBe(200);
  });

  test('with colons and quotes in its texts is not taken for one with a name twice', async () => {
    const odd = payment({ sector: 'a":"b","a":"\\', cardNumber: '"amount": "amount":' });
    expectProblem(await house.post(path, odd), 'invalid-request');
  });

  test("shows the caller's own names to nobody: an error repeats only what looks like a field", async () => {
    const answer = await house.post(path, written('detail', `{"${cardNumber(1)}":7}`));
    expectProblem(answer, 'invalid-request');
    expect(answer.json.errors).toEqual([{ path: 'detail.?', message: expect.any(String) }]);
    expect(answer.text).not.toContain(cardNumber(1));
  });

  test('is told which field of the detail is wrong', async () => {
    const tap = payment({ sector: 'transit', amount: undefined, detail: { line: 'no line' } });
    const answer = await house.post(path, tap, { terminalId: town.operatorTerminal });
    expectProblem(answer, 'invalid-request');
    expect(answer.json.errors).toMatchObject([{ path: 'detail.line' }]);
  });
});

describe('a field', () => {
  test.each(Object.keys(payment()).filter((name) => name !== 'amount'))(
    '%s that is missing is named',
    async (name) => {
      const answer = await house.post(path, without(name));
      expectProblem(answer, 'invalid-request');
      expect(answer.json.errors).toMatchObject([{ path: name }]);
      await untouched();
    },
  );

  test.each<[string, unknown]>([
    ['currency', 'USD'],
    ['currency', 'cny'],
    ['sector', 'casino'],
    ['sector', '__proto__'],
    ['cardNumber', '12345678'],
    ['cardNumber', '9'.repeat(20)],
    ['cardNumber', `${cardNumber(0)}\n`],
    ['cardNumber', 9_000_000_000_000_000],
    ['cardNumber', '９０００００００００００００００'],
    ['batchNumber', 0],
    ['batchNumber', 1_000_000],
    ['traceNumber', -1],
    ['traceNumber', 1_000_000],
    ['traceNumber', 1.5],
    ['localTime', '2026-02-30T08:00:00'],
    ['localTime', '2026-11-22T24:00:00'],
    ['localTime', '2026-11-22T08:00:00Z'],
    ['localTime', '2026-11-22 08:00:00'],
    ['localTime', '1999-11-22T08:00:00'],
    ['localTime', 1_795_000_000_000],
  ])('%s that is %j is named, never repeated', async (name, value) => {
    const answer = await house.post(path, payment({ [name]: value }));
    expectProblem(answer, 'invalid-request');
    expect(answer.json.errors).toMatchObject([{ path: name }]);
    if (name === 'cardNumber') expect(answer.text).not.toContain(String(value).trim());
    await untouched();
  });

  test('more than ten faults are told as ten', async () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`k${i}`, i]));
    const answer = await house.post(path, payment({ detail: many }));
    expect(answer.json.errors).toHaveLength(10);
  });
});

describe('who and what is not there', () => {
  const follow = () => {
    const { batchNumber, traceNumber, localTime } = payment();
    return { batchNumber, traceNumber, localTime };
  };
  test('an unknown card is a 404 that pins nothing: it may be issued any moment', async () => {
    const unknown = { cardNumber: cardNumber(999_999) };
    expectProblem(await house.post(path, payment(unknown)), 'card-unknown');
    expectProblem(await house.post('/v1/holds', payment(unknown)), 'card-unknown');
    expectProblem(await house.post('/v1/reversals', payment(unknown)), 'card-unknown');
    expectProblem(await house.post('/v1/card-inquiries', unknown, { key: null }), 'card-unknown');
    await untouched();
  });

  test('a terminal of another sector may not post to a sector that is not its own', async () => {
    const answer = await house.post(path, payment(), { terminalId: town.operatorTerminal });
    expectProblem(answer, 'kind-not-allowed');
  });

  test('a terminal in another batch is told so', async () => {
    expectProblem(await house.post(path, payment({ batchNumber: 2 })), 'batch-mismatch');
  });

  test.each([
    'x',
    '1000000',
    '1000000-',
    '-1000000-5',
    '1000000-0',
    '0-1',
    '999999-1',
    '1000000-99999999999999999999',
    '1000000-9223372036854775808',
    '1000000-1%0a',
    '1000000-1%00',
    '%E6%A4%B0',
    '%zz',
    '1000000-1e3',
    '..%2f..%2fmetrics',
  ])('a transaction id written %s is no address', async (id) => {
    for (const [at, body] of [
      [`/v1/transactions/${id}/refunds`, { amount: 1, currency: 'CNY', ...follow() }],
      [`/v1/holds/${id}/captures`, { amount: 1, currency: 'CNY', ...follow() }],
      [`/v1/holds/${id}/void`, follow()],
    ] as const) {
      expectProblem(await house.post(at, body), 'not-found');
    }
    await untouched();
  });

  test('an id that nothing has is declined and pinned like any decline', async () => {
    const id = `${cardRef(0).cardAccountId}-77`;
    const body = { amount: 1, currency: 'CNY', ...follow() };
    expectProblem(await house.post(`/v1/transactions/${id}/refunds`, body), 'original-not-found');
    expectProblem(await house.post(`/v1/holds/${id}/void`, follow()), 'original-not-found');
  });

  test('an id with a card account that nothing has is declined, not a fault', async () => {
    const body = { amount: 1, currency: 'CNY', ...follow() };
    const answer = await house.post(`/v1/transactions/99999999999999999-77/refunds`, body);
    expectProblem(answer, 'original-not-found');
  });
});

describe('a batch', () => {
  const at = '/v1/transactions/batch';
  const line = (over = {}) => ({ ...payment(over), idempotencyKey: crypto.randomUUID() });
  const send = (transactions: unknown) => house.post(at, { transactions }, { key: null });

  test.each<[string, unknown]>([
    ['no line', []],
    ['501 lines', Array.from({ length: 501 }, () => ({}))],
    ['a text for lines', 'lines'],
    ['nothing', undefined],
  ])('of %s is refused as a whole', async (_, lines) => {
    const answer = await send(lines);
    expectProblem(answer, 'invalid-request');
    expect(answer.json.errors).toMatchObject([{ path: 'transactions' }]);
    await untouched();
  });

  test('answers a bad line in its place, and the good ones around it all the same', async () => {
    const bad = [
      { ...line(), amount: -1 },
      { ...line(), idempotencyKey: '' },
      { ...line(), idempotencyKey: 'x'.repeat(256) },
      { ...line(), idempotencyKey: 'a\nb' },
      { ...line(), note: 'x' },
      null,
      7,
      line({ cardNumber: cardNumber(999_999) }),
      line({ detail: { line: '5' } }),
    ];
    const lines = [line(), ...bad, line()];
    const { status, json } = await send(lines);
    expect(status).toBe(200);
    expect(json.results.map((result: { httpStatus: number }) => result.httpStatus)).toEqual([
      200, 400, 400, 400, 400, 400, 400, 400, 404, 400, 200,
    ]);
    for (const result of json.results.slice(1, -1)) expect(result.body.titleZh).toBeTypeOf('string');
    const after = await rowCounts(house.owner);
    expect(after['idempotency.outcomes']).toBe((before['idempotency.outcomes'] ?? 0) + 2);
  });

  test('of 500 lines is answered line by line', async () => {
    const { json } = await send(
      Array.from({ length: 500 }, () => line({ amount: 1, cardNumber: cardNumber(5) })),
    );
    expect(json.results).toHaveLength(500);
    expect(new Set(json.results.map((r: { httpStatus: number }) => r.httpStatus))).toEqual(new Set([200]));
  });
});

describe('an address', () => {
  const ask = (method: string, at: string, headers = {}) => got(house.app.request(at, { method, headers }));
  test.each([
    ['GET', '/'],
    ['GET', '/v1'],
    ['GET', '/v1/transactions/'],
    ['POST', '/V1/transactions'],
    ['POST', '/v1/transactions/1/2/3'],
    ['GET', '/v1/card-accounts//balances'],
    ['GET', '/.env'],
    ['OPTIONS', '/nothing'],
    ['DELETE', '/nothing'],
  ])('that is not there is a 404: %s %s', async (method, at) => {
    expectProblem(await ask(method, at), 'not-found');
  });

  test.each([
    ['GET', '/v1/transactions', 'POST, OPTIONS'],
    ['PUT', '/v1/transactions', 'POST, OPTIONS'],
    ['DELETE', '/v1/holds/1000000-1/void', 'POST, OPTIONS'],
    ['PATCH', '/v1/card-accounts/mine/balances', 'GET, HEAD, OPTIONS'],
    ['POST', '/v1/business-days/current', 'GET, HEAD, OPTIONS'],
    ['POST', '/metrics', 'GET, HEAD, OPTIONS'],
  ])('with another method is a 405 that says which it has: %s %s', async (method, at, allow) => {
    const answer = await ask(method, at);
    expectProblem(answer, 'method-not-allowed');
    expect(answer.headers.get('allow')).toBe(allow);
    await untouched();
  });

  test('answers OPTIONS with its methods and no body, and lets no other origin in', async () => {
    const answer = await ask('OPTIONS', '/v1/transactions', { origin: 'https://elsewhere.example' });
    expect([answer.status, answer.text, answer.headers.get('allow')]).toEqual([204, '', 'POST, OPTIONS']);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('answers HEAD like GET, without the body', async () => {
    const answer = await ask('HEAD', '/healthz');
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect((await ask('HEAD', '/v1/transactions')).status).toBe(405);
    expect((await ask('HEAD', '/v1/card-accounts/mine/balances')).status).toBe(401);
  });
});

describe('a content type', () => {
  const send = (type: string) => house.post(path, payment(), { headers: { 'content-type': type } });
  test.each([
    '',
    'text/plain',
    'text/json',
    'application/jsonp',
    'application/json-patch+json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=application/json',
    'text/plain, application/json',
  ])('%j is a 415', async (type) => {
    expectProblem(await send(type), 'not-json');
    await untouched();
  });

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON',
    'application/json;x=y',
  ])('%s is JSON', async (type) => expect((await send(type)).status).toBe(200));

  test.each(['text/html', 'application/xml', '', '*/*;q=0'])(
    'that the caller would rather accept (%j) does not change the answer',
    async (accept) => {
      const answer = await house.post(path, payment(), { headers: { accept } });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        200,
        'application/json; charset=utf-8',
      ]);
    },
  );
});

describe('a reader', () => {
  const own = String(cardRef(0).cardAccountId);
  test.each<[string, string | undefined]>([
    ['no header', undefined],
    ['no token', 'Bearer'],
    ['an empty token', 'Bearer '],
    ['another scheme', 'Basic abc'],
    ['an unknown token', `Bearer ${'x'.repeat(40)}`],
    ['a short one', 'Bearer short'],
    ['a token with SQL', `Bearer ${"'; drop table access.tokens; --".padEnd(40, 'x')}`],
  ])('with %s is not let in', async (_, authorization) => {
    const headers = authorization === undefined ? {} : { authorization };
    expectProblem(
      await got(house.app.request(`/v1/card-accounts/${own}/balances`, { headers })),
      'token-missing',
    );
  });

  test('who is a holder sees neither another account, nor whether it exists, nor the day', async () => {
    const token = holderToken(0);
    for (const other of [cardRef(1).cardAccountId, 98_765_432n]) {
      expectProblem(await house.read(`/v1/card-accounts/${other}/balances`, token), 'not-yours');
    }
    expectProblem(await house.read('/v1/business-days/current', token), 'not-yours');
    expectProblem(await house.read('/v1/business-days/current/nets', token), 'not-yours');
  });

  test.each(['0', '-1', '1e7', 'x', '1000000.0', '99999999999999999999', '%00', 'mine'])(
    'asks in vain for account %s',
    async (id) => expectProblem(await house.read(`/v1/card-accounts/${id}/balances`), 'not-found'),
  );

  test.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=', 'limit'],
    ['limit=%20', 'limit'],
    ['before=0', 'before'],
    ['before=x', 'before'],
    ['before=9999999999999999999', 'before'],
    ['before=', 'before'],
  ])('of a history with %s is told which is wrong', async (query, name) => {
    const answer = await house.read(`/v1/card-accounts/${own}/history?${query}`);
    expectProblem(answer, 'invalid-request');
    expect(answer.json.errors).toMatchObject([{ path: name }]);
  });

  test.each([
    '2026-13-01',
    '2026-02-30',
    'today',
    '20261122',
    '1999-01-01',
    '%00',
    '+12026-01-01',
    'CURRENT',
  ])('finds no business day %s', async (date) => {
    expectProblem(await house.read(`/v1/business-days/${date}`), 'day-unknown');
    expectProblem(await house.read(`/v1/business-days/${date}/nets`), 'day-unknown');
  });

  test.each([
    ['current', 'day-unknown'],
    ['2026-02-30', 'day-unknown'],
    ['2031-01-01', 'day-not-open-yet'],
  ] as const)('cannot close %s', async (date, code) => {
    const headers = { authorization: `Bearer ${financeToken}` };
    const answer = await got(
      house.app.request(`/v1/business-days/${date}/close`, { method: 'POST', headers }),
    );
    expectProblem(answer, code);
  });
});

describe('a terminal', () => {
  test.each<[string, Record<string, string>, ProblemCode]>([
    ['without its number', { 'terminal-id': '' }, 'signature-missing'],
    ['with a number that is none', { 'terminal-id': 'x' }, 'signature-missing'],
    ['with two numbers', { 'terminal-id': '10000001, 10000001' }, 'signature-missing'],
    ['with a number that is not there', { 'terminal-id': '77' }, 'terminal-unknown'],
    ["with another terminal's number", { 'terminal-id': String(merchantTerminal(2)) }, 'signature-wrong'],
    ['without a signature', { 'request-signature': '' }, 'signature-missing'],
    ['with a signature in capitals', { 'request-signature': 'A'.repeat(64) }, 'signature-missing'],
    ['with a short signature', { 'request-signature': 'ab' }, 'signature-missing'],
    ['with a wrong signature', { 'request-signature': '0'.repeat(64) }, 'signature-wrong'],
    ['without a time', { 'request-time': '' }, 'signature-missing'],
    ['with a time in seconds', { 'request-time': '1795000000' }, 'signature-missing'],
  ])('%s is not let in', async (_, headers, code) => {
    expectProblem(await house.post(path, payment(), { headers }), code);
    await untouched();
  });

  test('that is not let in learns nothing about its body', async () => {
    expectProblem(
      await house.post(path, 'no json', { headers: { 'request-signature': '0'.repeat(64) } }),
      'signature-wrong',
    );
  });

  test.each([
    ['query', `${path}?x=1`, path],
    ['query, left out', path, `${path}?x=1`],
    ['path', path, '/v1/holds'],
  ])('that signed another %s is not let in', async (_, signedPath, sentPath) => {
    expectProblem(
      await got(house.app.request(sentPath, house.sign(signedPath, payment()))),
      'signature-wrong',
    );
    await untouched();
  });

  test.each([-299_000, 299_000])('whose clock is %i ms off is let in', async (offMs) => {
    expect((await house.post(path, payment(), { timeMs: Date.now() + offMs })).status).toBe(200);
  });

  test.each([-301_000, 301_000])("whose clock is %i ms off is told the server's time", async (offMs) => {
    const answer = await house.post(path, payment(), { timeMs: Date.now() + offMs });
    expectProblem(answer, 'clock-skew');
    expect(Math.abs(answer.json.serverTime - Date.now())).toBeLessThan(5_000);
    await untouched();
  });

  test('that sends the same signed call twice is told to sign anew, and nothing happens', async () => {
    const call = house.sign(path, payment());
    expect((await got(house.app.request(path, call))).status).toBe(200);
    const after = await rowCounts(house.owner);
    expectProblem(await got(house.app.request(path, call)), 'signature-replayed');
    expect(await rowCounts(house.owner)).toEqual(after);
  });
});
