import { afterAll, beforeAll, expect, test } from 'vitest';
import { decideProposal, propose } from '#access/four-eyes.ts';
import { proposeBatch } from '#disbursements/approve-batch.ts';
import { correctLines } from '#disbursements/correct-lines.ts';
import { payBatch } from '#disbursements/pay-batch.ts';
import type { DisbursementParts } from '#disbursements/ports.ts';
import { publishBatch, withdrawBatch } from '#disbursements/publish-batch.ts';
import { insertTestStaff } from '#testing/staff.ts';
import {
  approveAgain,
  approvedToRun,
  fileOf,
  goodFile,
  imported,
  lineOf,
  openSubsidyTown,
  operator,
  operatorActor,
  type SubsidyTown,
} from '#testing/subsidies/subsidy-town.ts';
import { afterTampering, findWrongRow } from '#testing/tampering.ts';
import { cardRef } from '#testing/town.ts';
import { disbursementProofs } from './batches.ts';

let town: SubsidyTown;

/** Batch 1 is paid; 2 was paid in two rounds; 3 runs; 4 was withdrawn, 5 waits for its second person, 6 was imported. */
beforeAll(async () => {
  town = await openSubsidyTown({ merchants: 1, cards: 40 });
  await insertTestStaff(town.ownerSession);
  const parts: DisbursementParts = { ...town.parts, fourEyes: { propose, decideProposal } };
  const clearing = await town.open();
  const pay = (id: bigint) => payBatch({ pool: town.pool, clearing, fault: () => undefined }, id);
  const batch = (month: string, bytes: Buffer) => imported(parts, `2026-${month}`, bytes);

  const paid = await batch('01', goodFile(6));
  await approvedToRun(parts, paid);
  expect(await pay(paid)).toBe('paid');

  await town.owner.query(`update cards.cards set status = 'closed' where id = $1`, [cardRef(12).cardId]);
  const inRounds = await batch('02', fileOf([lineOf(1, 10), lineOf(2, 11), lineOf(3, 12), 'no line']));
  await approvedToRun(parts, inRounds);
  expect(await pay(inRounds)).toBe('partly-paid');
  await correctLines(parts, { batchId: inRounds, bytes: fileOf([lineOf(3, 13)]) }, operatorActor);
  await approveAgain(parts, inRounds);
  expect(await pay(inRounds)).toBe('partly-paid');

  await approvedToRun(parts, await batch('03', goodFile(3, { first: 20 })));
  const gone = await batch('04', goodFile(2, { first: 25 }));
  await withdrawBatch(parts, { batchId: gone, reason: '' }, operatorActor);
  const waiting = await batch('05', goodFile(2, { first: 30 }));
  await publishBatch(parts, waiting, operatorActor);
  await proposeBatch(parts, waiting, operator);
  await batch('06', goodFile(2, { first: 35 }));
});
afterAll(() => town?.close());

test('subsidies that nobody touched are found right, in every state and after a correction', async () => {
  const { rows } = await town.pool.query('select state from disbursements.batches order by id');
  expect(rows.map(({ state }) => state)).toEqual([
    ...['paid', 'partly-paid', 'running', 'withdrawn', 'proposed', 'imported'],
  ]);
  expect(await findWrongRow(town.owner, disbursementProofs)).toBeNull();
});

const [lines, batches] = ['disbursements.lines', 'disbursements.batches'];
const setLine = (batch: number, what: string, line = 1) =>
  `update ${lines} set ${what} where batch_id = ${batch} and line_no = ${line}
   returning format('batch %s, line %s', batch_id, line_no)`;
const setBatch = (batch: number, what: string) =>
  `update ${batches} set ${what} where id = ${batch} returning format('id %s', id)`;
const without = (constraint: string, sql: string) =>
  `alter table ${batches} drop constraint ${constraint}; ${sql}`;
const proposalOf = (batch: number) => `(select proposal_id from ${batches} where id = ${batch})`;
const raised = setLine(3, 'amount_fen = amount_fen + 100');
const digestNow = (batch: number) => `(select sha256(convert_to(string_agg(concat_ws(' ', line_no, attempt,
  encode(id_number_digest, 'hex'), card_account_id, card_id, amount_fen), chr(10) order by line_no), 'UTF8'))
  from ${lines} where batch_id = ${batch})`;

test.for([
  ['a paid amount that was raised', lines, setLine(1, 'amount_fen = amount_fen + 1')],
  ['a paid line that was given to another account', lines, setLine(1, 'card_account_id = 1000030')],
  ['a paid line that was moved to another day', lines, setLine(1, `paid_on = '2026-01-01'`)],
  [
    'a paid line that names another’s entry',
    lines,
    setLine(1, `entry_id = (select entry_id from ${lines} where batch_id = 1 and line_no = 2)`),
  ],
  ['a paid line that was moved to another period', lines, setLine(1, `period = '2020-01'`)],
  ['a batch that was moved to another period', batches, setBatch(1, `period = '2020-01'`)],
  [
    'a paid line that was called failed',
    lines,
    setLine(1, `state = 'failed', cause = 'card-closed', paid_on = null`),
  ],
  ['a paid line that is to be paid again', lines, setLine(1, `state = 'ready', paid_on = null`)],
  [
    'a failed line that was called paid',
    lines,
    setLine(
      2,
      `state = 'paid', cause = null, paid_on = '2026-11-22', entry_id = 1, claim = sha256('x'), amount_fen = 9000, card_account_id = 1000030, card_id = 1000030`,
      4,
    ),
  ],
  ['a line paid under another attempt', lines, setLine(2, 'attempt = 3', 3)],
  [
    'a payment whose line is gone',
    'ledger.entries',
    `delete from ${lines} where batch_id = 1 and line_no = 6 returning format('id %s', entry_id)`,
  ],
  [
    'a payment whose entry is gone',
    lines,
    `delete from ledger.entries where id = (select entry_id from ${lines} where batch_id = 1 and line_no = 2);
     select 'batch 1, line 2'`,
  ],
  [
    'a person who was paid twice for a programme and period',
    lines,
    `drop index disbursements.lines_once;
     ${setLine(1, `id_number_digest = (select id_number_digest from ${lines} where batch_id = 1 and line_no = 1)`, 2)}`,
  ],
  ['a total that was raised', batches, setBatch(4, 'total_fen = total_fen + 1')],
  ['a line that was left out of the count', batches, setBatch(6, 'line_count = line_count - 1')],
  [
    'a line of another amount than was approved, with its total',
    batches,
    `${raised}; ${setBatch(3, 'total_fen = total_fen + 100')}`,
  ],
  [
    'a line of another amount than was approved, with total and digest',
    batches,
    `${raised}; ${setBatch(3, `total_fen = total_fen + 100, approved_digest = ${digestNow(3)}`)}`,
  ],
  [
    'another person to be paid than was approved',
    batches,
    `${setLine(3, `id_number_digest = sha256('x')`)}; select 'id 3'`,
  ],
  ['an approved digest that was changed', batches, setBatch(1, `approved_digest = sha256('x')`)],
  [
    'an approval by who imported',
    batches,
    without('batches_second_person', setBatch(1, 'approved_by = imported_by')),
  ],
  [
    'an approval by who made it',
    batches,
    without('batches_second_person', setBatch(2, 'made_by = approved_by')),
  ],
  ['an approval by somebody else', batches, setBatch(1, 'approved_by = 5')],
  ['an approval of another round', batches, setBatch(2, 'round = 1')],
  ['an approval without a proposal', batches, setBatch(1, 'proposal_id = null')],
  [
    'a batch that runs though it was rejected',
    batches,
    `update access.proposals set decision = 'rejected' where id = ${proposalOf(3)}; select 'id 3'`,
  ],
  [
    'a batch that runs though nobody has decided',
    batches,
    setBatch(5, `state = 'running', approved_by = 3, approved_digest = ${digestNow(5)}`),
  ],
  [
    'a proposal of other content',
    batches,
    `update access.proposals set content_hash = sha256('x') where id = ${proposalOf(1)}; select 'id 1'`,
  ],
] as const)('%s is found', async ([, table, sql]) => {
  const { key, wrong } = await afterTampering(town.owner, sql, disbursementProofs);
  expect(wrong).toMatchObject({ table, key, expected: expect.any(String), found: expect.any(String) });
  expect(wrong?.expected).not.toBe(wrong?.found);
});
