import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { driveDuePayments } from '#bills/drive-payment.ts';
import { payBill } from '#bills/pay-bill.ts';
import { cutOff } from '#ledger/cut-off.ts';
import { archiveDays } from '#ledger/partitions/archive/archive-day.ts';
import { openOwnerPool, sessionOf } from '#platform/postgres.ts';
import { type BillTown, openBillTown } from '#testing/bill-town.ts';
import { afterTampering, findWrongRow } from '#testing/tampering.ts';
import { cardRef, town } from '#testing/town.ts';
import { billProofs, billsLeftOut } from './payments.ts';

let at: BillTown;

/** Bills in every state that a bill can be left in, those of dead processes too. */
beforeAll(async () => {
  at = await openBillTown(4);
  const pay = async (...wish: Parameters<BillTown['newWish']>) =>
    payBill(at.parts, await at.newWish(...wish));
  const dieAt = async (act: string) => {
    const passed = (passedAct: string) => {
      if (passedAct === act) throw new Error('died');
    };
    await payBill({ ...at.parts, passed }, await at.newWish()).catch(() => undefined);
  };
  await pay();
  await pay({}, { card: cardRef(1) });
  await pay({ 'write-offs': 'refuses' });
  await pay({ 'write-offs': 'refuses' }, { card: cardRef(1) });
  await pay({}, { amountFen: 1n });
  await dieAt('asked what is due');
  await at.passTime();
  await driveDuePayments(at.parts);
  await dieAt('asked what is due');
  await dieAt('cleared');
  await dieAt('is paid');
});
afterAll(() => at?.close());

test('bills that nobody touched are found right, whatever became of them', async () => {
  const { rows } = await at.house.pool.query('select state from bills.payments group by 1 order by 1');
  expect(rows.map(({ state }) => state)).toEqual([
    ...['abandoned', 'declined', 'paid', 'reserved', 'returned', 'written-off'],
  ]);
  expect(await findWrongRow(at.house.owner, billProofs)).toBeNull();
});

const nth = (state: string, n = 0) =>
  `(select id from bills.payments where state = '${state}' order by sequence offset ${n} limit 1)`;
const id = `format('id %s', id)`;
const payment = 'bills.payments';
const asState = (of: string, set: string) =>
  `update bills.payments set ${set} where id = ${of} returning ${id}`;
const returnOf = `(select return_entry_id from bills.payments where id = ${nth('returned')})`;

test.for([
  ['an amount that was raised', payment, asState(nth('written-off'), 'amount_fen = amount_fen + 1')],
  [
    'a payment that was given to another account',
    payment,
    asState(nth('written-off'), 'card_account_id = 1000003'),
  ],
  ['a payment that was given to another utility', payment, asState(nth('paid'), 'utility_id = 1')],
  ['a payment that was moved to another day', payment, asState(nth('written-off'), `paid_on = '2026-11-01'`)],
  [
    'an entry that is another bill’s',
    payment,
    asState(
      nth('written-off'),
      `entry_id = (select entry_id from bills.payments where id = ${nth('written-off', 1)})`,
    ),
  ],
  [
    'a bill that was called abandoned after its money was taken',
    payment,
    asState(nth('written-off'), `state = 'abandoned', entry_id = null, paid_on = null`),
  ],
  [
    'a bill that was called declined after its money was taken',
    payment,
    asState(nth('paid'), `state = 'declined', refusal = 'card-lost', entry_id = null, paid_on = null`),
  ],
  [
    'a bill that was called written off and was never paid',
    payment,
    asState(
      nth('declined'),
      `state = 'written-off', refusal = null, period = '2026-10', entry_id = 1, paid_on = '2026-11-22'`,
    ),
  ],
  [
    'money on its way whose amount was changed',
    payment,
    `update bills.payments set amount_fen = 1 where id = (select id from bills.payments
      where state = 'reserved' and period is not null order by sequence desc limit 1) returning ${id}`,
  ],
  [
    'a payment whose row is gone',
    'ledger.entries',
    `delete from bills.payments where id = ${nth('written-off')} returning format('id %s', entry_id)`,
  ],
  [
    'a payment whose entry is gone',
    payment,
    `delete from ledger.entries where id = (select entry_id from bills.payments where id = ${nth('written-off')});
     select ${id} from bills.payments where id = ${nth('written-off')}`,
  ],
  [
    'a return that never was',
    payment,
    `delete from ledger.entries where id = ${returnOf}; select ${id} from bills.payments where id = ${nth('returned')}`,
  ],
  [
    'a return of less than was paid',
    payment,
    `update ledger.postings set amount_fen = amount_fen - 1 where entry_id = ${returnOf} and account_id >= 16000000;
     select ${id} from bills.payments where id = ${nth('returned')}`,
  ],
  [
    'a return of another payment',
    payment,
    asState(
      nth('returned'),
      `return_entry_id = (select return_entry_id from bills.payments where id = ${nth('returned', 1)})`,
    ),
  ],
  [
    'a bill that was called written off after its money went back',
    payment,
    asState(
      nth('returned'),
      `state = 'written-off', reason = null, cancellation = 'none', return_entry_id = null, returned_on = null`,
    ),
  ],
] as const)('%s is found', async ([, table, sql]) => {
  const { key, wrong } = await afterTampering(at.house.owner, sql, billProofs);
  expect(wrong).toMatchObject({ table, key, expected: expect.any(String), found: expect.any(String) });
  expect(wrong?.expected).not.toBe(wrong?.found);
});

test('bills of an archived day are left out and counted, the others are proved', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'one-card-bills-'));
  const owner = openOwnerPool(at.house.url);
  const countLeftOut = async () => Number((await sessionOf(owner).run(billsLeftOut)).rows[0]?.[0]);
  expect(await countLeftOut()).toBe(0);
  await cutOff(at.house.pool, town.firstDay);
  await archiveDays(owner, folder, [town.firstDay]);
  const { rows } = await owner.query(
    `select count(*) from bills.payments where state in ('paid', 'written-off', 'returning', 'returned')`,
  );
  expect(await countLeftOut()).toBeGreaterThanOrEqual(Number(rows[0].count));
  expect(await findWrongRow(at.house.owner, billProofs)).toBeNull();
  await owner.end();
  rmSync(folder, { recursive: true });
});
