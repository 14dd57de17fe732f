import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { businessKey, reversalKey, type TraceKey } from '#idempotency/rules/keys.ts';
import { fen } from '#money/fen.ts';
import { hainanDay } from '#platform/calendar.ts';
import { sessionOf } from '#platform/postgres.ts';
import { insertTerminals } from '#terminals/store.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { cardRef, loadTown, merchantTerminal, town, townRequest } from '#testing/town.ts';
import { type BatchDesk, openBatchDesk } from './desk.ts';
import type { BatchTotals } from './rules/totals.ts';

type Clearing = Awaited<ReturnType<TestTown['open']>>;
type Over = NonNullable<Parameters<typeof townRequest>[1]>;

const terminals = 40;
let house: TestTown;
let clearing: Clearing;
let desk: BatchDesk;
let terminalId = merchantTerminal(1);
let used = 0;
let traces = 0;

beforeAll(async () => {
  house = await openTestTown({ merchants: terminals, cards: 3 });
  clearing = await house.open();
  desk = openDesk();
  await loadTown(clearing, { cards: 3, amountFen: 1_000_000n });
});
afterAll(() => house?.close());
beforeEach(() => {
  used += 1;
  terminalId = merchantTerminal(used);
});

function openDesk(of = clearing): BatchDesk {
  const { reference } = of;
  return openBatchDesk({
    pool: house.pool,
    terminals: () => reference.current().terminals,
    refresh: () => reference.refresh(),
  });
}

const today = () => hainanDay(Date.now());

/** Sends a request of the test's terminal in its current batch; gives its id, and how it is named. */
async function send(over: Over = {}) {
  const { localDate = town.firstDay, ...rest } = over;
  traces += 1;
  const batchNumber = rest.batchNumber ?? desk.currentBatch(terminalId);
  const trace: TraceKey = { terminalId, batchNumber, traceNumber: traces, localDate };
  const request = townRequest(traces, {
    terminalId,
    localDate,
    batchNumber,
    businessKey: businessKey(trace),
    callerKey: null,
    ...rest,
  });
  const answer = await clearing.submit({ request, isRepeat: false });
  if (answer.status !== 'decided') throw new Error(answer.status);
  return { id: answer.id, refusal: answer.refusal, trace };
}

const reverse = (trace: TraceKey, amountFen = 100n) =>
  send({
    amountFen: fen(amountFen),
    kind: 'reversal',
    businessKey: reversalKey(trace),
    original: { id: null, businessKey: businessKey(trace) },
    batchNumber: trace.batchNumber,
  });

const totals = (
  debitFen: bigint,
  debitCount: number,
  [creditFen, creditCount]: readonly [bigint, number] = [0n, 0],
): BatchTotals => ({ debitFen, debitCount, creditFen, creditCount });
const settle = (claimed: BatchTotals, over: { batchNumber?: number; traceNumber?: number } = {}, by = desk) =>
  by.settle({ terminalId, batchNumber: 1, traceNumber: 900_001, claimed, ...over });
const rowsOf = async (sql: string) => (await house.owner.query(sql)).rows;
const batchRow = async (batchNumber: number) =>
  (
    await house.owner.query('select * from terminals.batches where terminal_id = $1 and batch_number = $2', [
      terminalId,
      batchNumber,
    ])
  ).rows[0];

describe('a settlement', () => {
  test('balances by our own books: payments as debit, voids and refunds as credit, declined and reversed ones not', async () => {
    const paid = await send({ amountFen: fen(500) });
    await send({ amountFen: fen(300), card: cardRef(1) });
    const wrong = await send({ amountFen: fen(70) });
    expect((await reverse(wrong.trace, 71n)).refusal).toBe('original-mismatch');
    const mistaken = await send({ amountFen: fen(60) });
    await reverse(mistaken.trace, 60n);
    const declined = await send({ amountFen: fen(99_999_999n) });
    const original = { id: paid.id, businessKey: null };
    await send({ kind: 'refund', amountFen: fen(200), original });
    const voided = await send({ amountFen: fen(40) });
    await send({ kind: 'void', amountFen: null, original: { id: voided.id, businessKey: null } });
    const hold = await send({ kind: 'authorise', amountFen: fen(1_000) });
    await send({
      kind: 'capture',
      amountFen: fen(600),
      final: true,
      original: { id: hold.id, businessKey: null },
    });
    expect(declined.refusal).not.toBeNull();
    expect(await settle(totals(500n + 300n + 70n + 40n + 600n, 5, [200n + 40n, 2]))).toBe('balanced');
    expect(desk.currentBatch(terminalId)).toBe(2);
    expect(await desk.openedOn(terminalId, 1)).toBe(town.firstDay);
    expect(desk.openedOn(terminalId, 2)).toBe(today());
    expect(await batchRow(1)).toMatchObject({
      state: 'closed',
      own_debit_fen: '1510',
      settle_trace: 900_001,
    });
  });

  test('of an empty batch balances with nought', async () => {
    expect(await settle(totals(0n, 0))).toBe('balanced');
  });

  test('counts what was dated a day around its opening, and on every day since', async () => {
    for (const localDate of ['2026-11-21', '2026-11-22', '2026-11-24', today()]) await send({ localDate });
    await send({ localDate: '2026-11-20' });
    expect(await settle(totals(400n, 4))).toBe('balanced');
  });

  test('counts what the tariff decided by what was taken, and loads as credit', async () => {
    terminalId = town.operatorTerminal;
    const ride = { sector: 'transit', amountFen: null, detail: { line: '28' } };
    expect((await send({ ...ride, localDate: today() })).refusal).toBeNull();
    expect(await settle(totals(town.fareFen, 1))).toBe('balanced');
    terminalId = town.bankTerminal;
    await send({ kind: 'load', sector: 'top-up', amountFen: fen(900), detail: { purse: 'online' } });
    expect(await settle(totals(0n, 0, [900n, 1]))).toBe('balanced');
  });

  test('that is repeated, here or on another instance, is given the answer it had', async () => {
    const other = openDesk(await house.open());
    await send();
    expect(await settle(totals(1n, 1))).toBe('unbalanced');
    await send();
    expect(await settle(totals(1n, 1), {}, other)).toBe('unbalanced');
    const fresh = { traceNumber: 900_002 };
    const both = await Promise.all([
      settle(totals(200n, 2), fresh),
      settle(totals(200n, 2), fresh, other),
      settle(totals(200n, 2), fresh, other),
    ]);
    expect(both).toEqual(['balanced', 'balanced', 'balanced']);
    expect([desk.currentBatch(terminalId), other.currentBatch(terminalId)]).toEqual([2, 2]);
    expect(await settle(totals(200n, 2), { traceNumber: 900_003 })).toBe('balanced');
    expect(await settle(totals(201n, 2), { traceNumber: 900_003 })).toBe('unbalanced');
    expect(await batchRow(3)).toBeUndefined();
  });

  test('of a batch that the terminal never had, or of nobody’s, is of an unknown batch', async () => {
    expect(await settle(totals(0n, 0), { batchNumber: 2 })).toBe('unknown-batch');
    expect(await desk.openedOn(terminalId, 2)).toBeNull();
    terminalId = 77_777_777;
    expect(await settle(totals(0n, 0))).toBe('unknown-batch');
    expect(desk.currentBatch(terminalId)).toBe(0);
  });

  test('closes the batch: a payment of it is refused from then on, a reversal is not, and neither changes the totals', async () => {
    const paid = await send();
    await settle(totals(100n, 1));
    expect((await send({ batchNumber: 1 })).refusal).toBe('batch-mismatch');
    expect((await reverse(paid.trace)).refusal).toBeNull();
    expect(await settle(totals(100n, 1), { traceNumber: 900_009 })).toBe('balanced');
    expect((await send({ localDate: today() })).refusal).toBeNull();
    expect(await settle(totals(100n, 1), { batchNumber: 2 })).toBe('balanced');
  });

  test('of many terminals at once raises the reference version once', async () => {
    const version = async () =>
      BigInt((await rowsOf('select version from platform.reference_version'))[0].version);
    const before = await version();
    const many = Array.from({ length: 15 }, (_, i) => merchantTerminal(terminals - i));
    const ask = (id: number) =>
      desk.settle({ terminalId: id, batchNumber: 1, traceNumber: 1, claimed: totals(0n, 0) });
    expect(new Set(await Promise.all(many.map(ask)))).toEqual(new Set(['balanced']));
    expect((await version()) - before).toBe(1n);
  });

  test('waits for a payment whose group is under way, and counts it', async () => {
    await send();
    const payments = Array.from({ length: 20 }, () => send({ card: cardRef(2) }));
    await Promise.race(payments);
    const answer = settle(totals(2_100n, 21));
    await Promise.all(payments);
    // Whatever came in between: what is counted is in the books below the id, and the rest is not lost.
    const first = await answer;
    const row = await batchRow(1);
    const [{ count }] = await rowsOf(
      `select count(*)::int as count from ledger.entries where terminal_id = ${terminalId} and id < ${row.counted_below}`,
    );
    expect(row.own_debit_count).toBe(count);
    expect(first).toBe(count === 21 ? 'balanced' : 'unbalanced');
  });
});

describe('the last number', () => {
  const add = (id: number) =>
    insertTerminals(sessionOf(house.owner), [
      {
        ...{ id, participantId: 1, sector: 'shops', allowedKinds: [], batchNumber: 999_999 },
        ...{ active: true, keySealed: Buffer.alloc(1) },
      },
    ]);
  const settleLast = (id: number) =>
    desk.settle({ terminalId: id, batchNumber: 999_999, traceNumber: 1, claimed: totals(0n, 0) });

  test('is followed by the first; where that was had before, only that terminal cannot go on', async () => {
    await add(20_000_001);
    await add(20_000_002);
    // What cannot be in a test's time: a terminal that had every number.
    await house.owner.query(`
      insert into terminals.batches (terminal_id, batch_number, opened_on, state, claimed_debit_fen, claimed_debit_count,
        claimed_credit_fen, claimed_credit_count, own_debit_fen, own_debit_count, own_credit_fen, own_credit_count,
        counted_below, settle_trace, settle_answer, settled_at, closed_at)
      values (20000002, 1, '2026-11-22', 'closed', 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 'balanced', now(), now())`);
    const answers = await Promise.allSettled([settleLast(20_000_001), settleLast(20_000_002)]);
    expect(answers).toEqual([
      { status: 'fulfilled', value: 'balanced' },
      { status: 'rejected', reason: expect.objectContaining({ code: '23505' }) },
    ]);
    expect([20_000_001, 20_000_002].map(desk.currentBatch)).toEqual([1, 999_999]);
  });
});

describe('an upload', () => {
  const record = (traceNumber: number, amountFen: bigint) => ({
    ...{ traceNumber, amountFen, side: 'debit' as const, cardTail: '0123' },
  });
  const batch = () => ({ terminalId, batchNumber: 1 });

  test('keeps how each record stands to our books, and its end closes the batch', async () => {
    const [matched, other, notSent] = [await send(), await send(), await send()];
    expect(await settle(totals(777n, 3))).toBe('unbalanced');
    expect(desk.currentBatch(terminalId)).toBe(1);
    const sent = [record(matched.trace.traceNumber, 100n), record(other.trace.traceNumber, 200n)];
    expect(await desk.noteUploads({ ...batch(), records: sent })).toBe('noted');
    expect(await desk.noteUploads({ ...batch(), records: [...sent, record(999_999, 477n)] })).toBe('noted');
    expect(await Promise.all([desk.closeAfterUpload(batch()), desk.closeAfterUpload(batch())])).toEqual([
      'closed',
      'closed',
    ]);
    expect(await desk.closeAfterUpload(batch())).toBe('closed');
    expect(await desk.noteUploads({ ...batch(), records: [record(1, 1n)] })).toBe('closed');
    expect(desk.currentBatch(terminalId)).toBe(2);
    const kept = await rowsOf(
      `select trace_number, amount_fen::int, own_amount_fen::int, card_tail, verdict
       from terminals.batch_uploads where terminal_id = ${terminalId} order by trace_number`,
    );
    expect(kept.map((row) => Object.values(row))).toEqual([
      [matched.trace.traceNumber, 100, 100, '0123', 'matched'],
      [other.trace.traceNumber, 200, 100, '0123', 'amount-differs'],
      [notSent.trace.traceNumber, null, 100, null, 'missing-there'],
      [999_999, 477, null, '0123', 'missing-here'],
    ]);
    expect(await batchRow(1)).toMatchObject({
      state: 'closed',
      claimed_debit_fen: '777',
      own_debit_fen: '300',
    });
    expect(await settle(totals(777n, 3))).toBe('unbalanced');
  });

  test('is taken only of a batch that did not balance', async () => {
    expect(await desk.noteUploads({ ...batch(), records: [record(1, 1n)] })).toBe('not-settled');
    expect(await desk.closeAfterUpload(batch())).toBe('not-settled');
    const unknown = { terminalId, batchNumber: 9 };
    expect(await desk.noteUploads({ ...unknown, records: [record(1, 1n)] })).toBe('unknown-batch');
    expect(await desk.closeAfterUpload(unknown)).toBe('unknown-batch');
  });

  test('is not taken without end: a flood in one name is told to come again', async () => {
    await settle(totals(1n, 1));
    const flood = Array.from({ length: 100 }, (_, i) =>
      desk.noteUploads({ ...batch(), records: [record(i, 1n)] }),
    );
    const statuses = (await Promise.allSettled(flood)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 'fulfilled')).toHaveLength(8);
    expect(await desk.noteUploads({ ...batch(), records: [record(999, 1n)] })).toBe('noted');
  });

  test('beyond the records of a batch is not kept', async () => {
    await settle(totals(1n, 1));
    const records = Array.from({ length: 5_000 }, (_, i) => record(i, 1n));
    expect(await desk.noteUploads({ ...batch(), records })).toBe('noted');
    expect(await desk.noteUploads({ ...batch(), records: records.slice(0, 5) })).toBe('noted');
    expect(await desk.noteUploads({ ...batch(), records: [record(5_000, 1n)] })).toBe('too-many');
  });
});

describe('PostgreSQL keeps', () => {
  const refused = (sql: string) => expect(house.owner.query(sql)).rejects.toThrow();

  test('a terminal in its one batch that is not closed', async () => {
    await refused(`update terminals.terminals set batch_number = 2 where id = ${terminalId}`);
    await refused(`update terminals.terminals set batch_number = 3 where id = ${terminalId}`);
    await refused(
      `insert into terminals.batches (terminal_id, batch_number, opened_on, state) values (${terminalId}, 2, '2026-11-22', 'open')`,
    );
    await refused(`delete from terminals.batches where terminal_id = ${terminalId}`);
    await refused(`update terminals.batches set opened_on = '2026-01-01' where terminal_id = ${terminalId}`);
  });

  test('a closed batch as it is', async () => {
    await settle(totals(0n, 0));
    const closed = `where terminal_id = ${terminalId} and batch_number = 1`;
    await refused(`update terminals.batches set own_debit_fen = 1 ${closed}`);
    await refused(`update terminals.batches set state = 'unbalanced', closed_at = null ${closed}`);
    await refused(
      `insert into terminals.batch_uploads (terminal_id, batch_number, trace_number, amount_fen) values (${terminalId}, 1, 1, 1)`,
    );
  });
});
