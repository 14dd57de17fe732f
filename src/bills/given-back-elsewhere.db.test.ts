import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemActor } from '#audit/rules/event.ts';
import { compensate } from '#clearing/compensate.ts';
import { fen } from '#money/fen.ts';
import { type BillTown, billFen, openBillTown } from '#testing/bill-town.ts';
import { findDrift } from '#testing/drift.ts';
import { driveDuePayments } from './drive-payment.ts';
import { type BillWish, payBill } from './pay-bill.ts';
import { findByTrace, type Payment } from './store.ts';

let at: BillTown;
beforeAll(async () => {
  at = await openBillTown();
});
afterEach(async () => {
  expect(await findDrift(at.house.pool)).toEqual([]);
});
afterAll(() => at?.close());

const paymentOf = ({ terminal, ...wish }: BillWish) =>
  findByTrace(at.parts.session, { ...wish, terminalId: terminal.id }, null) as Promise<Payment>;

let keys = 0;
/** Our own desk gives so much of the bill's charge back, as an operator may at any moment. */
async function deskGivesBack(cardAccountId: bigint, id: bigint, amountFen: bigint) {
  keys += 1;
  const answer = await compensate(at.parts, {
    original: { cardAccountId, id },
    amountFen: fen(amountFen),
    reason: 'charged-without-service',
    remark: '',
    key: `desk ${keys}`,
    by: systemActor,
  });
  expect(answer).toMatchObject({ status: 'decided', refusal: null });
}

/** The charge of a payment that may not stand in its row yet. */
async function chargeOf({ card }: BillWish): Promise<bigint> {
  const { rows } = await at.house.pool.query(
    'select max(id) as id from ledger.entries where bucket = $1 and owner_id = $2 and kind = 1',
    [card.bucket, card.cardAccountId],
  );
  return rows[0].id;
}

const isBillFree = async (wish: BillWish) => {
  const bill = { billNumber: wish.billNumber, period: '2026-10', amount: 5_000, penalty: 25 };
  await at.server.setCustomer(wish.customerNumber, [bill]);
  expect(await payBill(at.parts, at.another(wish))).toMatchObject({ payment: { state: 'written-off' } });
};

describe('what our desk has given back of a bill before its money went back', () => {
  test.for([1n, 2_000n, billFen])('%s fen: the holder has the whole again, once', async (amountFen) => {
    const before = await at.onlineFen(0);
    const wish = await at.newWish({ 'write-offs': 'refuses' });
    const passed = async (act: string) => {
      if (act === 'asked to write off')
        await deskGivesBack(wish.card.cardAccountId, await chargeOf(wish), amountFen);
    };
    await payBill({ ...at.parts, passed }, wish);
    expect(await at.onlineFen(0)).toBe(before);
    const payment = await paymentOf(wish);
    expect(payment).toMatchObject({ state: 'returned', reason: 'utility-refused' });
    expect(payment.returnEntryId).not.toBeNull();
    await isBillFree(wish);
  });

  test('a payment that was given up is taken back by what is left of it', async () => {
    const before = await at.onlineFen(0);
    const wish = await at.newWish();
    // The caller sleeps before it pays; the schedule gives the payment up, and then the money comes after all.
    let wakeUp: () => void = () => undefined;
    const asleep = new Promise<void>((resolve) => {
      wakeUp = resolve;
    });
    let arrived: () => void = () => undefined;
    const isReserved = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const slow = payBill(
      {
        ...at.parts,
        passed: async (act) => {
          if (act !== 'is reserved') return;
          arrived();
          await asleep;
        },
      },
      wish,
    );
    await isReserved;
    await at.passTime();
    const passed = async (act: string) => {
      if (act !== 'is abandoning') return;
      wakeUp();
      await slow;
      await deskGivesBack(wish.card.cardAccountId, await chargeOf(wish), 25n);
    };
    await driveDuePayments({ ...at.parts, passed });
    expect(await at.onlineFen(0)).toBe(before);
    expect(await paymentOf(wish)).toMatchObject({ state: 'returned', reason: 'caller-gone' });
  });

  test('also where the process dies between giving back and writing so, and the desk gives more meanwhile', async () => {
    const before = await at.onlineFen(0);
    const wish = await at.newWish({ 'write-offs': 'refuses' });
    const passed = async (act: string) => {
      if (act === 'asked to write off')
        await deskGivesBack(wish.card.cardAccountId, await chargeOf(wish), 25n);
      if (act === 'given back') throw new Error('killed');
    };
    await expect(payBill({ ...at.parts, passed }, wish)).rejects.toThrow('killed');
    expect(await at.onlineFen(0)).toBe(before);
    await at.passTime();
    await driveDuePayments(at.parts);
    expect(await at.onlineFen(0)).toBe(before);
    expect(await paymentOf(wish)).toMatchObject({ state: 'returned' });
  });
});
