import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BillTown, openBillTown } from '#testing/bill-town.ts';
import { town } from '#testing/town.ts';
import { payBill } from './pay-bill.ts';
import type { Payment } from './store.ts';

let at: BillTown;
let writtenOff: Payment;
let returned: Payment;

beforeAll(async () => {
  at = await openBillTown();
  const paid = async (behaviours = {}) => {
    const answer = await payBill(at.parts, await at.newWish(behaviours));
    if (answer.status !== 'payment') throw new Error(JSON.stringify(answer));
    return answer.payment;
  };
  writtenOff = await paid();
  returned = await paid({ 'write-offs': 'refuses' });
});
afterAll(() => at?.close());

const refused = (pool: BillTown['house']['pool'], text: string, values: unknown[] = []) =>
  expect(pool.query(text, values)).rejects.toThrow(
    /cannot go from|is only added to|violates|has its entries|permission denied/,
  );

describe('the database holds, whoever asks', () => {
  test('that a payment that came to its end does not begin again', async () => {
    for (const state of ['reserved', 'abandoning', 'paid', 'returning', 'returned', 'declined', 'abandoned'])
      await refused(at.house.owner, 'update bills.payments set state = $2 where id = $1', [
        writtenOff.id,
        state,
      ]);
    await refused(at.house.owner, `update bills.payments set state = 'written-off' where id = $1`, [
      returned.id,
    ]);
  });

  test('that a cancellation the utility has heard is not due again', async () => {
    await refused(at.house.owner, `update bills.payments set cancellation = 'due' where id = $1`, [
      returned.id,
    ]);
  });

  test('that money is named by one entry, and its return by one', async () => {
    await refused(at.house.owner, 'update bills.payments set entry_id = 1 where id = $1', [writtenOff.id]);
    await refused(at.house.owner, 'update bills.payments set return_entry_id = 1 where id = $1', [
      returned.id,
    ]);
    await refused(
      at.house.owner,
      'update bills.payments set return_entry_id = 1, returned_on = now() where id = $1',
      [writtenOff.id],
    );
  });

  test('that a bill is held once', async () => {
    await refused(
      at.house.owner,
      `insert into bills.payments (id, amount_fen, card_account_id, card_id, utility_id, customer_number, bill_number,
          terminal_id, batch_number, trace_number, local_time, caller_key, leased_until, next_drive_at)
        select gen_random_uuid(), 1, 1000000, 1, utility_id, customer_number, bill_number, 1, 1, 1, now(),
          gen_random_uuid(), now(), now() from bills.payments where id = $1`,
      [writtenOff.id],
    );
  });

  test('that no payment goes away, and the service changes nothing that a payment is about', async () => {
    await refused(at.house.owner, 'delete from bills.payments');
    await refused(at.house.owner, 'truncate bills.payments');
    await refused(at.house.owner, 'delete from bills.day_files');
    await refused(at.house.pool, 'update bills.payments set amount_fen = 1');
    await refused(at.house.pool, `update bills.payments set bill_number = 'W-0'`);
    await refused(at.house.pool, `update bills.day_files set content = ''`);
  });

  test.for([
    'file:///etc/passwd',
    'ftp://10.0.0.1/a',
    'http://',
    'http://a/b?c=d',
    'http://user@host/a',
    'javascript:1',
  ])('that a utility is not spoken to at %s', async (address) => {
    await refused(at.house.owner, 'update bills.utilities set base_url = $2 where participant_id = $1', [
      town.utilityId,
      address,
    ]);
  });
});
