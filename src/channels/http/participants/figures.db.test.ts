import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { admitToken } from '#access/tokens.ts';
import { archiveDays } from '#ledger/partitions/archive/archive-day.ts';
import { fen } from '#money/fen.ts';
import { openOwnerPool } from '#platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { closeDay } from '#settlement/close-day.ts';
import { expectProblem } from '#testing/http/expect-problem.ts';
import { payment } from '#testing/http/http-calls.ts';
import { type HttpTown, holderToken, openHttpTown } from '#testing/http/http-town.ts';
import { cardNumber, cardRef, merchantTerminal, town } from '#testing/town.ts';

const keyOf = (participant: number) => `key-of-participant-${String(participant).padStart(20, '0')}`;
const own = '/v1/participants/mine/transactions';
let database: TestDatabase;
let house: HttpTown;

async function post(merchant: number, over: Record<string, unknown> = {}): Promise<string> {
  const body = payment(over);
  const { json } = await house.post('/v1/transactions', body, { terminalId: merchantTerminal(merchant) });
  expect(json.status).toBe('approved');
  return json.transactionId;
}

/** Merchant 1: five payments, a refund, an authorisation, and what the desk gave back. Merchant 2: one payment. */
const mine: string[] = [];
let others: string;
beforeAll(async () => {
  database = await createTestDatabase();
  house = await openHttpTown(database.url, { merchants: 3, cards: 3 });
  for (const id of [1, 2, 3, town.bankId]) {
    const expiresAt = new Date('2099-01-01T00:00:00Z');
    await admitToken(house.owner, {
      role: 'participant',
      subjectId: BigInt(id),
      token: keyOf(id),
      expiresAt,
    });
  }
  for (const amount of [100, 200, 300, 400, 500]) mine.push(await post(1, { amount }));
  others = await post(2, { amount: 77_777, cardNumber: cardNumber(1) });
  const trace = { batchNumber: 1, localTime: `${town.firstDay}T09:00:00` };
  const refunded = await house.post(`/v1/transactions/${mine[0]}/refunds`, {
    ...{ amount: 40, currency: 'CNY', traceNumber: 900_001 },
    ...trace,
  });
  mine.push(refunded.json.transactionId);
  const held = await house.post('/v1/holds', payment({ amount: 600, traceNumber: 900_002 }));
  mine.push(held.json.transactionId);
  const given = await house.parts.clearing.submit({
    isRepeat: false,
    request: {
      ...{ kind: 'compensation', sector: 'shops', callerKey: null, card: cardRef(0), terminalId: 9_900_011 },
      ...{ businessKey: '00000000-0000-8000-8000-000000000001', batchNumber: 1, amountFen: fen(10) },
      ...{ localTime: `${town.firstDay} 10:00:00`, detail: {}, final: false },
      original: { id: BigInt(mine[1]?.split('-')[1] ?? 0), businessKey: null },
    } as Parameters<HttpTown['parts']['clearing']['submit']>[0]['request'],
  });
  if (given.status !== 'decided' || given.refusal !== null) throw new Error('nothing was given back');
  mine.push(`${cardRef(0).cardAccountId}-${given.id}`);
});
afterAll(async () => {
  await house?.close();
  await database?.drop();
});

const read = (path: string, participant = 1) => house.read(path, keyOf(participant));

describe('a participant’s transactions', () => {
  test('are read page by page, each once, oldest first', async () => {
    const found: string[] = [];
    let after = '';
    do {
      const { json } = await read(
        `${own}?businessDate=${town.firstDay}&limit=3${after && `&after=${after}`}`,
      );
      expect(json.transactions.length).toBeLessThanOrEqual(3);
      for (const { transactionId } of json.transactions) found.push(transactionId);
      after = json.nextAfter ?? '';
    } while (after !== '');
    expect(found.toSorted()).toEqual(mine.toSorted());
    expect(found).toEqual(
      found.toSorted((a, b) => ((a.split('-')[1] ?? '') < (b.split('-')[1] ?? '') ? -1 : 1)),
    );
  });

  test('say what moved, which way, and of which card no more than its last four digits', async () => {
    const { json, text } = await read(`${own}?businessDate=current`);
    expect(json.transactions[0]).toEqual({
      ...{ transactionId: mine[0], kind: 'payment', sector: 'shops', amount: 100, direction: 'credit' },
      ...{ currency: 'CNY', businessDate: town.firstDay, decidedAt: expect.stringMatching(/Z$/) },
      ...{ localTime: `${town.firstDay}T08:30:00`, terminalId: merchantTerminal(1), cardTail: '0000' },
      originalTransactionId: null,
    });
    const kinds = json.transactions
      .slice(5)
      .map((one: Record<string, unknown>) => [
        one['kind'],
        one['amount'],
        one['direction'],
        one['originalTransactionId'],
      ]);
    expect(kinds).toEqual([
      ['refund', 40, 'debit', mine[0]],
      ['authorise', 600, 'none', null],
      ['compensation', 10, 'debit', mine[1]],
    ]);
    expect(text).not.toContain(cardNumber(0));
    expect(text).not.toMatch(/77777/);
  });

  test('are found one by one, and another’s is not there, as if it were nobody’s', async () => {
    for (const id of mine) expect((await read(`${own}/${id}`)).json.transactionId).toBe(id);
    const foreign = await read(`${own}/${others}`);
    const nobodys = await read(`${own}/1000000-987654321`);
    expectProblem(foreign, 'not-found');
    expect(foreign.text).toBe(nobodys.text);
    expectProblem(await read(`${own}/nonsense`), 'not-found');
    expect((await read(`${own}/${others}`, 2)).json.amount).toBe(77_777);
    expectProblem(await read(`${own}/${mine[7]}`, 2), 'not-found');
  });

  test('of a bank are the loads that it owes us for', async () => {
    const { json } = await read(`${own}?businessDate=current`, town.bankId);
    expect(json.transactions).toHaveLength(6);
    for (const one of json.transactions)
      expect(one).toMatchObject({ kind: 'load', direction: 'debit', amount: 100_000 });
  });

  test('of one who had none are none', async () => {
    expect((await read(`${own}?businessDate=current`, 3)).json).toEqual({
      ...{ businessDate: town.firstDay, archived: false, transactions: [], nextAfter: null },
    });
  });

  test.for([
    ['', 'invalid-request'],
    ['?businessDate=2026-13-01', 'day-unknown'],
    ['?businessDate=today', 'invalid-request'],
    ['?businessDate=2020-01-01', 'day-unknown'],
    ['?businessDate=0000-01-01', 'day-unknown'],
    ['?businessDate=current&limit=0', 'invalid-request'],
    ['?businessDate=current&limit=1001', 'invalid-request'],
    ['?businessDate=current&after=x', 'invalid-request'],
  ] as const)('are not read with %s', async ([query, code]) => {
    expectProblem(await read(`${own}${query}`), code);
  });
});

describe('a participant’s days', () => {
  const range = `from=${town.firstDay}&to=2026-11-30`;

  test('add up: the kinds come to the credit and the debit, and these to the net', async () => {
    const { json } = await read(`/v1/participants/mine/days?${range}`);
    const [day] = json.days;
    expect(day).toMatchObject({ businessDate: town.firstDay, credit: 1_500, debit: 50, net: 1_450 });
    const sum = (word: string) =>
      day.kinds.reduce((all: number, kind: Record<string, number>) => all + (kind[word] ?? 0), 0);
    for (const word of ['credit', 'debit', 'creditCount', 'debitCount']) expect(sum(word)).toBe(day[word]);
    expect(day.kinds).toContainEqual({
      ...{ kind: 'authorise', count: 1, credit: 0, creditCount: 0, debit: 0, debitCount: 0 },
    });
    const { json: bare } = await read(`/v1/participants/mine/nets?${range}`);
    const { kinds: _, archived: __, ...withoutKinds } = day;
    expect(bare.days).toEqual([withoutKinds]);
  });

  test('are what the books keep for them once they are closed, with the seal', async () => {
    const closed = await closeDay(house.parts.reports, town.firstDay, { kind: 'staff', id: 1n });
    if (typeof closed === 'string') throw new Error(closed);
    const next = closed.nextDate;
    await post(1, { amount: 7, localTime: `${next}T08:30:00` });
    const daysOf = async (day: string) =>
      (await read(`/v1/participants/mine/nets?from=${day}&to=${day}`)).json.days;
    expect(await daysOf(town.firstDay)).toMatchObject([
      { businessDate: town.firstDay, state: 'closed', seal: closed.sealHex, net: 1_450 },
    ]);
    expect(await daysOf(next)).toMatchObject([{ businessDate: next, state: 'open', seal: null, net: 7 }]);
    const { json: day } = await read(`/v1/participants/mine/days/${town.firstDay}`);
    expect(day.net).toBe(1_450);
  });

  test('are read a bounded number at a time, in their order, as many reports at once as there are places', async () => {
    const days = '/v1/participants/mine/days';
    const nets = '/v1/participants/mine/nets';
    expectProblem(await read(`${days}?from=2026-11-01&to=2026-12-02`), 'invalid-request');
    expectProblem(await read(`${nets}?from=2026-01-01&to=2027-01-02`), 'invalid-request');
    // PostgreSQL has no year 0.
    expectProblem(await read(`${nets}?from=0000-01-01&to=0000-01-01`), 'invalid-request');
    expectProblem(await read(`${nets}?from=2026-11-02&to=2026-11-01`), 'invalid-request');
    expectProblem(await read(`${nets}?from=2026-11-31&to=2026-12-01`), 'invalid-request');
    expectProblem(await read(`${nets}?from=2026-11-01`), 'invalid-request');
    const answers = await Promise.all(Array.from({ length: 8 }, () => read(`${days}?${range}`)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 503]));
  });
});

describe('a day that is in the archive', () => {
  test('says so to its participants and to a holder, instead of being empty', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'one-card-figures-'));
    const owner = openOwnerPool(database.url);
    await archiveDays(owner, folder, [town.firstDay]);
    const { rows } = await owner.query(
      'select business_date from ledger.business_days where closed_at is null',
    );
    const open = rows[0]?.business_date as string;
    await owner.end();
    rmSync(folder, { recursive: true });
    const range = `from=${town.firstDay}&to=${open}`;
    expect((await read(`${own}?businessDate=${town.firstDay}`)).json).toEqual({
      ...{ businessDate: town.firstDay, archived: true, transactions: [], nextAfter: null },
    });
    expect((await read(`${own}?businessDate=${open}`)).json).toMatchObject({
      archived: false,
    });
    expect((await read(`/v1/participants/mine/days?${range}`)).json.days).toMatchObject([
      { archived: true, net: 1_450, kinds: [] },
      { archived: false, net: 7, kinds: [{ kind: 'payment' }] },
    ]);
    const history = async (words: string) =>
      (await house.read(`/v1/card-accounts/mine/history${words}`, holderToken(0))).json;
    const last = await history('');
    expect(last).toMatchObject({ nextBefore: null, archivedBefore: open });
    expect(last.entries).toHaveLength(1);
  });
});
