import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { admitToken } from '#access/tokens.ts';
import { sendDueDayFiles } from '#bills/day-file/day-file.ts';
import { putUtilities } from '#bills/utilities/store.ts';
import { utilityClient } from '#bills/utility-client.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { closeDay } from '#settlement/close-day.ts';
import { expectDeclared } from '#testing/http/expect-declared.ts';
import { expectProblem } from '#testing/http/expect-problem.ts';
import { got } from '#testing/http/http-calls.ts';
import { financeToken, type HttpTown, holderToken, openHttpTown } from '#testing/http/http-town.ts';
import { startUtility, type UtilityServer } from '#testing/servers/utility-server.ts';
import { cardNumber, cardRef, merchantTerminal, town } from '#testing/town.ts';

let database: TestDatabase;
let house: HttpTown;
let server: UtilityServer;
const ownToken = 'participant-token-of-the-test-utility-1';
const otherToken = 'participant-token-of-another-utility-1';
const administratorToken = 'administrator-token-of-the-town-00001';
const auditorToken = 'auditor-token-of-the-test-town-000001';

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openHttpTown(database.url);
  server = await startUtility(town.utilityId, 250);
  await putUtilities(house.owner, [
    {
      participantId: town.utilityId,
      terminalId: town.utilityTerminal,
      baseUrl: server.baseUrl,
      keySealed: house.seal(server.key),
      queryTimeoutMs: 100,
      writeOffTimeoutMs: 100,
      active: true,
    },
  ]);
  await house.owner.run({ name: 'older', text: `update bills.utilities set since = '2020-01-01'` });
  const expiresAt = new Date('2099-01-01T00:00:00Z');
  const grants = [
    { role: 'participant', subjectId: BigInt(town.utilityId), token: ownToken },
    { role: 'participant', subjectId: 1n, token: otherToken },
    { role: 'auditor', subjectId: 9n, token: auditorToken },
    { role: 'administrator', subjectId: 8n, token: administratorToken },
  ] as const;
  for (const grant of grants) await admitToken(house.owner, { ...grant, expiresAt });
});
afterAll(async () => {
  await house?.close();
  await server?.stop();
  await database?.drop();
});

let bills = 0;
async function newBill(behaviours: Parameters<UtilityServer['setCustomer']>[2] = {}) {
  bills += 1;
  const customerNumber = `8000${String(bills).padStart(6, '0')}`;
  const billNumber = `H-${bills}`;
  await server.setCustomer(
    customerNumber,
    [{ billNumber, period: '2026-10', amount: 5_000, penalty: 25 }],
    behaviours,
  );
  const trace = { batchNumber: 1, traceNumber: bills, localTime: `${town.firstDay}T08:30:00` };
  const about = { utility: town.utilityId, customerNumber, billNumber, amount: 5_025, currency: 'CNY' };
  return { trace, about, body: { cardNumber: cardNumber(0), ...about, ...trace } };
}
const pay = (body: object, sent = {}) => house.post('/v1/bill-payments', body, sent);
const ask = (body: object, sent = {}) => house.post('/v1/bill-queries', body, sent);
const look = (body: object, sent = {}) => house.post('/v1/bill-payments/inquiries', body, sent);

describe('what is due', () => {
  test('is told to a terminal with the penalty, until it is paid', async () => {
    const { body, about } = await newBill();
    const { utility, customerNumber, billNumber } = about;
    const answer = await ask({ utility, customerNumber });
    expect(answer.json).toEqual({
      utility,
      currency: 'CNY',
      bills: [{ billNumber, period: '2026-10', amount: 5_000, penalty: 25, due: 5_025, state: 'due' }],
    });
    expect((await pay(body)).status).toBe(200);
    expect((await ask({ utility, customerNumber })).json.bills).toEqual([]);
  });

  test('is asked of a utility that there is, and that answers', async () => {
    const { about } = await newBill({ bills: 'answers-500' });
    const { utility, customerNumber } = about;
    expectProblem(await ask({ utility: 1, customerNumber }), 'utility-unknown');
    const silent = await ask({ utility, customerNumber });
    expectProblem(silent, 'utility-silent');
    expect(silent.headers.get('retry-after')).toBe('1');
    expectProblem(await ask({ utility, customerNumber: 'nobody' }), 'bill-unknown');
    expectProblem(await ask({ utility, customerNumber: '8;8=8' }), 'invalid-request');
    expectProblem(await ask({ utility, customerNumber, more: 1 }), 'invalid-request');
  });
});

describe('a bill payment', () => {
  test('is answered with its transaction; a repeat is the same, and so is an inquiry by its trace', async () => {
    const { body, trace } = await newBill();
    const first = await pay(body, { key: 'bill-key-1' });
    expect(first.json).toEqual({
      status: 'written-off',
      transactionId: expect.stringMatching(new RegExp(`^${cardRef(0).cardAccountId}-\\d+$`)),
      returnTransactionId: null,
      billNumber: body.billNumber,
      amount: 5_025,
      currency: 'CNY',
      reason: null,
    });
    const again = await pay(body, { key: 'bill-key-1', timeMs: Date.now() + 1 });
    expect(again.json).toEqual(first.json);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect((await look(trace)).json).toEqual(first.json);
    const other = await pay({ ...body, amount: 1 }, { key: 'bill-key-1' });
    expectProblem(other, 'key-reused');
    expect(other.json.field).toBe('amount');
  });

  test('that the utility refuses is given back, and says why', async () => {
    const { body } = await newBill({ 'write-offs': 'refuses' });
    expect((await pay(body)).json).toMatchObject({ status: 'returned', reason: 'utility-refused' });
    const history = await house.read('/v1/card-accounts/mine/history?limit=2', holderToken(0));
    const [back, paid] = history.json.entries;
    expect([back.kind, paid.kind]).toEqual(['refund', 'payment']);
    expect(back.originalId).toBe(paid.transactionId);
    expect(paid.detail).toEqual({
      bill: body.billNumber,
      period: '2026-10',
      customer: `****${body.customerNumber.slice(-4)}`,
    });
  });

  test('is declined in the words of who declines it', async () => {
    const { body } = await newBill();
    expectProblem(await pay({ ...body, cardNumber: '9999999999999999' }), 'card-unknown');
    expectProblem(await pay({ ...body, utility: 1 }), 'utility-unknown');
    expectProblem(await pay({ ...body, amount: 5_024 }), 'bill-amount-changed');
    const next = { ...body, traceNumber: 500_001 };
    expectProblem(await pay({ ...next, purse: 'medical' }), 'purpose-not-allowed');
    expect((await pay({ ...body, traceNumber: 500_002 })).status).toBe(200);
    expectProblem(await pay({ ...body, traceNumber: 500_003 }), 'bill-paid');
    expectProblem(await pay({ ...body, amount: 0 }), 'invalid-request');
    expectProblem(await pay(body, { key: null }), 'idempotency-key-missing');
    expectProblem(await look({ ...body, traceNumber: 999_999 }), 'invalid-request');
  });

  test('of a late bill is of its due: the bill alone, without the penalty, is refused and told so', async () => {
    const { body, about } = await newBill();
    const [late] = (await ask({ utility: about.utility, customerNumber: about.customerNumber })).json.bills;
    const refused = await pay({ ...body, amount: late.amount });
    expectProblem(refused, 'bill-amount-changed');
    expect(refused.json.title).toContain('`due`');
    expect(refused.json.titleZh).toContain('含滞纳金');
    const asked = { ...body, amount: late.due, traceNumber: 500_010 };
    expect((await pay(asked)).json).toMatchObject({ status: 'written-off', amount: 5_025 });
  });

  test('while the utility is silent moves nothing, and the same request may come again', async () => {
    const { body } = await newBill({ bills: 'drops-before' });
    expectProblem(await pay(body, { key: 'silent' }), 'utility-silent');
    const other = { ...body, traceNumber: 500_004 };
    expectProblem(await pay(other, { terminalId: merchantTerminal(2) }), 'bill-being-paid');
    const { customerNumber, billNumber } = body;
    await server.setCustomer(customerNumber, [{ billNumber, period: '2026-10', amount: 5_000, penalty: 25 }]);
    expect((await pay(body, { key: 'silent' })).json.status).toBe('written-off');
  });

  test('is not found by a trace that nobody used, or another terminal’s', async () => {
    const { body, trace } = await newBill();
    await pay(body);
    expectProblem(await look({ ...trace, traceNumber: 999_998 }), 'original-not-found');
    expectProblem(await look(trace, { terminalId: merchantTerminal(2) }), 'original-not-found');
  });
});

describe('the day’s file', () => {
  const path = `/v1/utilities/${town.utilityId}/day-files/${town.firstDay}`;

  test('is there once the day is closed, for finance, auditors and the utility itself', async () => {
    expectProblem(await house.read(path), 'day-not-closed');
    expectProblem(await house.read(path.replace(town.firstDay, '2026-01-01')), 'day-unknown');
    expectProblem(await house.read(path.replace(town.firstDay, 'today')), 'day-unknown');
    await closeDay(house.parts.reports, town.firstDay);
    expectProblem(await house.read(path), 'day-file-not-ready');
    const { reports, log } = house.parts;
    const connect = (terms: Parameters<typeof utilityClient>[0]) => utilityClient(terms, server.key);
    expect(await sendDueDayFiles({ reports, log, connect })).toBe(1);
    const answer = await house.read(path);
    expect(answer.json).toMatchObject({ utility: town.utilityId, difference: 0, breaks: [] });
    expect(answer.json.amount).toBe(answer.json.ledgerAmount);
    expect(answer.json.file.split('\n')[0]).toBe(`${answer.json.lineCount}|${answer.json.amount}`);
    for (const token of [ownToken, auditorToken])
      expect((await house.read(path, token)).json).toEqual(answer.json);
  });

  test('is not for another participant, nor for a holder', async () => {
    expectProblem(await house.read(path, otherToken), 'not-yours');
    expectProblem(await house.read(path, holderToken(0)), 'not-yours');
    expectProblem(await house.read(path, 'x'.repeat(40)), 'token-missing');
  });
});

describe('a utility', () => {
  const terms = {
    utility: town.utilityId,
    terminalId: town.utilityTerminal,
    baseUrl: 'https://utility.example/bills',
    queryTimeoutMs: 1_000,
    writeOffTimeoutMs: 2_000,
    active: false,
  };
  const save = async (body: object, token = administratorToken, type = 'application/json') => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': type };
    const sent = { method: 'POST', headers, body: JSON.stringify(body) };
    const answer = await got(house.app.request('/v1/utilities', sent));
    return expectDeclared({ method: 'post', path: '/v1/utilities' }, answer);
  };
  const reason = 'it moves';

  test('is kept by administrators; the answer says nothing of its key', async () => {
    expect((await save({ ...terms, reason, key: '07'.repeat(32) })).json).toEqual(terms);
    const { customerNumber } = (await newBill()).about;
    expectProblem(await ask({ utility: town.utilityId, customerNumber }), 'utility-unknown');
  });

  test('is not kept by anybody else, nor in another form', async () => {
    expectProblem(await save({ ...terms, reason }, auditorToken), 'not-yours');
    expectProblem(await save({ ...terms, reason }, financeToken), 'not-yours');
    expectProblem(await save({ ...terms, reason }, administratorToken, 'text/plain'), 'not-json');
    expectProblem(await save(terms), 'invalid-request');
    expectProblem(await save({ ...terms, reason, baseUrl: 'file:///etc/passwd' }), 'invalid-request');
    expectProblem(await save({ ...terms, reason, utility: 1 }), 'utility-unknown');
    expectProblem(
      await save({ ...terms, reason, terminalId: merchantTerminal(1) }),
      'utility-terminal-unfit',
    );
  });
});
