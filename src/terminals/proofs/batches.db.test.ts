import { afterAll, beforeAll, expect, test } from 'vitest';
import { reversalKey } from '#idempotency/rules/keys.ts';
import { fen } from '#money/fen.ts';
import { openBatchDesk } from '#terminals/batches/desk.ts';
import { afterTampering, findWrongRow } from '#testing/tampering.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { loadTown, merchantTerminal, townRequest } from '#testing/town.ts';
import { terminalProofs } from './batches.ts';

let house: TestTown;
const [balanced, uploaded, waiting] = [merchantTerminal(1), merchantTerminal(2), merchantTerminal(3)];

/** Terminal 1 balanced, with a tip to a sale, and one of its payments was reversed since; 2 uploaded what differed; 3 has yet to upload. */
beforeAll(async () => {
  house = await openTestTown({ merchants: 4, cards: 1 });
  const clearing = await house.open();
  const { reference } = clearing;
  await loadTown(clearing, { cards: 1, amountFen: 1_000_000n });
  const desk = openBatchDesk({
    pool: house.pool,
    terminals: () => reference.current().terminals,
    refresh: () => reference.refresh(),
  });
  const pay = (terminalId: number, trace: number) =>
    clearing.submit({ request: townRequest(trace, { terminalId, amountFen: fen(100) }), isRepeat: false });
  const tip = (terminalId: number, trace: number) => {
    const request = townRequest(trace, { terminalId, amountFen: fen(30), adjusts: 1 });
    return clearing.submit({ request, isRepeat: false });
  };
  for (const terminalId of [balanced, uploaded, waiting]) {
    await pay(terminalId, 1);
    await pay(terminalId, 2);
    if (terminalId === balanced) await tip(terminalId, 3);
    const debitFen = terminalId === balanced ? 230n : 250n;
    const claimed = { debitFen, debitCount: 2, creditFen: 0n, creditCount: 0 };
    await desk.settle({ terminalId, batchNumber: 1, traceNumber: 9, claimed });
  }
  const record = { side: 'debit' as const, cardTail: '0000' };
  const records = [1, 3].map((traceNumber) => ({ ...record, traceNumber, amountFen: 100n }));
  await desk.noteUploads({ terminalId: uploaded, batchNumber: 1, records });
  await desk.closeAfterUpload({ terminalId: uploaded, batchNumber: 1 });
  const late = { terminalId: balanced, batchNumber: 1, traceNumber: 2, localDate: '2026-11-22' };
  const { businessKey } = townRequest(2, { terminalId: balanced });
  const reversal = townRequest(4, {
    ...{ kind: 'reversal', terminalId: balanced, callerKey: null, amountFen: fen(100) },
    ...{ businessKey: reversalKey(late), original: { id: null, businessKey } },
  });
  expect(await clearing.submit({ request: reversal, isRepeat: false })).toMatchObject({ refusal: null });
});
afterAll(() => house?.close());

test('batches that nobody touched are found right, also where a payment was reversed after its batch was closed', async () => {
  expect(await findWrongRow(house.owner, terminalProofs)).toBeNull();
});

const batchKey = (terminalId: number, batch = 1) =>
  `select format('terminal %s, batch %s', ${terminalId}, ${batch})`;
const ofBatch = (terminalId: number) => `where terminal_id = ${terminalId} and batch_number = 1`;
const outcomeOf = (terminalId: number) =>
  `(select id from ledger.entries where terminal_id = ${terminalId} and kind = 1 order by id limit 1)`;

test.for([
  [
    'a terminal that was put back into a batch that is closed',
    'terminals.terminals',
    `update terminals.terminals set batch_number = 1 where id = ${balanced} returning format('id %s', id)`,
  ],
  [
    'a terminal that has no batch any more',
    'terminals.terminals',
    `delete from terminals.batches where terminal_id = ${merchantTerminal(4)}; select format('id %s', ${merchantTerminal(4)})`,
  ],
  [
    'a batch that was taken out of a history',
    'terminals.batches',
    `update terminals.batches set batch_number = 3 where terminal_id = ${balanced} and batch_number = 2;
     update terminals.terminals set batch_number = 3 where id = ${balanced}; ${batchKey(balanced)}`,
  ],
  [
    'totals of ours that were changed',
    'terminals.batches',
    `update terminals.batches set own_debit_fen = 231, claimed_debit_fen = 231 ${ofBatch(balanced)}; ${batchKey(balanced)}`,
  ],
  [
    'totals of a batch that still waits',
    'terminals.batches',
    `update terminals.batches set own_credit_count = 1 ${ofBatch(waiting)}; ${batchKey(waiting)}`,
  ],
  [
    'a payment that was taken out of a settled batch',
    'terminals.batches',
    `delete from idempotency.outcomes where id = ${outcomeOf(uploaded)}; ${batchKey(uploaded)}`,
  ],
  [
    'a tip that was made a sale of its own',
    'terminals.batches',
    `update idempotency.outcomes set detail = null where detail = 'adjusts=1'; ${batchKey(balanced)}`,
  ],
  [
    'a batch that is said to have balanced, and did not',
    'terminals.batches',
    `update terminals.batches set settle_answer = 'balanced' ${ofBatch(uploaded)}; ${batchKey(uploaded)}`,
  ],
  [
    'a difference that was made to match',
    'terminals.batch_uploads',
    `update terminals.batch_uploads set verdict = 'matched' ${ofBatch(uploaded)} and trace_number = 3
     returning format('terminal %s, batch %s, trace %s', terminal_id, batch_number, trace_number)`,
  ],
  [
    'a record that matched, and was changed',
    'terminals.batch_uploads',
    `update terminals.batch_uploads set amount_fen = 99 ${ofBatch(uploaded)} and trace_number = 1
     returning format('terminal %s, batch %s, trace %s', terminal_id, batch_number, trace_number)`,
  ],
] as const)('%s is found', async ([, table, sql]) => {
  const { key, wrong } = await afterTampering(house.owner, sql, terminalProofs);
  expect(wrong).toMatchObject({ table, key });
  expect(wrong?.expected).not.toBe(wrong?.found);
});
