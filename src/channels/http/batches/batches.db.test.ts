import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { openBatchDesk } from '#terminals/batches/desk.ts';
import { expectProblem } from '#testing/http/expect-problem.ts';
import { payment } from '#testing/http/http-calls.ts';
import { type HttpTown, openHttpTown } from '#testing/http/http-town.ts';
import { merchantTerminal, town } from '#testing/town.ts';

let database: TestDatabase;
let house: HttpTown;
const path = (terminal: number, batch: number) =>
  `/v1/terminal-batches/${merchantTerminal(terminal)}/${batch}`;

/** Terminal 1 balanced, and a payment was reversed since; terminal 2 uploaded another payment than it made; 3 did nothing. */
beforeAll(async () => {
  database = await createTestDatabase();
  house = await openHttpTown(database.url, { merchants: 3 });
  const { reference } = house.parts.clearing;
  const desk = openBatchDesk({
    pool: house.parts.pool,
    terminals: () => reference.current().terminals,
    refresh: () => reference.refresh(),
  });
  const paid = payment({ amount: 100 });
  await house.post('/v1/transactions', paid);
  const unsent = payment({ amount: 30, traceNumber: 3 });
  expect((await house.post('/v1/transactions', unsent, { terminalId: merchantTerminal(2) })).status).toBe(
    200,
  );
  const claimed = { debitFen: 100n, debitCount: 1, creditFen: 0n, creditCount: 0 };
  const settle = (terminal: number) =>
    desk.settle({ terminalId: merchantTerminal(terminal), batchNumber: 1, traceNumber: 9, claimed });
  expect(await settle(1)).toBe('balanced');
  expect(await settle(2)).toBe('unbalanced');
  const batch = { terminalId: merchantTerminal(2), batchNumber: 1 };
  const record = { traceNumber: 5, side: 'debit' as const, amountFen: 100n, cardTail: '0123' };
  await desk.noteUploads({ ...batch, records: [record] });
  await desk.closeAfterUpload(batch);
  expect((await house.post('/v1/reversals', paid)).status).toBe(200);
});
afterAll(async () => {
  await house?.close();
  await database?.drop();
});

describe('batches of terminals', () => {
  test('are read page by page, each terminal’s newest first', async () => {
    const numbers: string[] = [];
    let after = '';
    do {
      const { json } = await house.read(`/v1/terminal-batches?limit=2${after && `&after=${after}`}`);
      for (const { terminalId, batchNumber } of json.batches) numbers.push(`${terminalId}-${batchNumber}`);
      after = json.nextAfter ?? '';
    } while (after !== '');
    expect(numbers).toEqual([...new Set(numbers)]);
    expect(numbers.filter((number) => number.startsWith('1000000'))).toEqual([
      '10000001-2',
      '10000001-1',
      '10000002-2',
      '10000002-1',
      '10000003-1',
    ]);
  });

  test('are found by terminal, state and answer', async () => {
    const find = async (query: string) =>
      (await house.read(`/v1/terminal-batches?${query}`)).json.batches.map(
        (batch: { terminalId: string; batchNumber: number }) => `${batch.terminalId}-${batch.batchNumber}`,
      );
    expect(await find(`terminalId=${merchantTerminal(2)}`)).toEqual(['10000002-2', '10000002-1']);
    expect(await find('state=closed')).toEqual(['10000001-1', '10000002-1']);
    expect(await find('answer=unbalanced')).toEqual(['10000002-1']);
    expect(await find('state=unbalanced')).toEqual([]);
  });

  test.for(['terminalId=x', 'state=shut', 'answer=maybe', 'after=1', 'limit=0', 'limit=101'])(
    'with %s are none',
    async (query) => expectProblem(await house.read(`/v1/terminal-batches?${query}`), 'invalid-request'),
  );
});

describe('a batch', () => {
  test('says what was claimed, what our books had then, and what they have now', async () => {
    const { json } = await house.read(path(1, 1));
    const totals = { debit: 100, debitCount: 1, credit: 0, creditCount: 0 };
    expect(json).toMatchObject({
      ...{ terminalId: '10000001', batchNumber: 1, openedOn: town.firstDay, state: 'closed' },
      ...{ answer: 'balanced', claimed: totals, own: totals, now: { ...totals, debit: 0, debitCount: 0 } },
      ...{ uploaded: { records: 0, matched: 0 }, missingThere: 0, differences: [] },
    });
  });

  test('says what of its upload did not match; what is missing there was not uploaded', async () => {
    const { json } = await house.read(path(2, 1));
    expect(json.uploaded).toEqual({ records: 1, matched: 0 });
    expect(json.missingThere).toBe(1);
    expect(json.differences).toEqual([
      {
        ...{ traceNumber: 3, side: 'debit', amount: null, ownAmount: 30 },
        ...{ cardTail: null, verdict: 'missing-there' },
      },
      {
        ...{ traceNumber: 5, side: 'debit', amount: 100, ownAmount: null },
        ...{ cardTail: '0123', verdict: 'missing-here' },
      },
    ]);
  });

  test('that is open has no totals yet but those of now', async () => {
    const { json } = await house.read(path(3, 1));
    expect(json).toMatchObject({ state: 'open', claimed: null, own: null, settledAt: null });
  });

  test.for(['/v1/terminal-batches/10000001/9', '/v1/terminal-batches/x/1', '/v1/terminal-batches/1/0'])(
    '%s is not there',
    async (target) => expectProblem(await house.read(target), 'not-found'),
  );
});
