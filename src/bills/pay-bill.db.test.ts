import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readHistory } from '#ledger/history.ts';
import { type BillTown, billFen, lateMs, openBillTown, type UtilityBehaviour } from '#testing/bill-town.ts';
import { findDrift } from '#testing/drift.ts';
import { cardRef, town } from '#testing/town.ts';
import { billsOf } from './bills-of.ts';
import { openBillDesk } from './desk.ts';
import { driveDuePayments } from './drive-payment.ts';
import { type BillAnswer, type BillWish, payBill } from './pay-bill.ts';
import type { Payment } from './store.ts';

let at: BillTown;
beforeAll(async () => {
  at = await openBillTown();
});
afterEach(async () => {
  expect(await findDrift(at.house.pool)).toEqual([]);
});
afterAll(() => at?.close());

const paymentOf = (answer: BillAnswer): Payment => {
  if (answer.status !== 'payment') throw new Error(JSON.stringify(answer));
  return answer.payment;
};
const isPosted = async (payment: Payment) => payment.id in (await at.server.books()).posted;

describe('a bill', () => {
  test('is paid from the purses of the rule and written off, and the holder reads which it was', async () => {
    const before = await at.onlineFen(0);
    const payment = paymentOf(await payBill(at.parts, await at.newWish()));
    expect(payment).toMatchObject({
      state: 'written-off',
      cancellation: 'none',
      reason: null,
      paidOn: town.firstDay,
    });
    expect(await at.onlineFen(0)).toBe(before - billFen);
    expect((await at.server.books()).posted[payment.id]).toMatchObject({ amount: Number(billFen) });
    const [entry] = await readHistory(at.parts.session, cardRef(0).cardAccountId, { before: null, limit: 1 });
    expect(entry).toMatchObject({ id: payment.entryId, participantId: town.utilityId });
    expect(entry?.detail).toBe(
      `bill=${payment.billNumber};customer=****${payment.customerNumber.slice(-4)};period=2026-10`,
    );
  });

  // What the utility does, where the payment ends, and whether the utility has it in the end.
  test.for<readonly [UtilityBehaviour, Payment['state'], Payment['reason'], boolean]>([
    ['refuses', 'returned', 'utility-refused', false],
    ['posts-answers-late', 'written-off', null, true],
    ['answers-late-does-not-post', 'returned', 'utility-silent', false],
    ['posts-late', 'returned', 'utility-silent', false],
    ['drops-before', 'returned', 'utility-silent', false],
    ['drops-after', 'written-off', null, true],
    ['posts-answers-500', 'written-off', null, true],
    ['answers-500', 'returned', 'utility-silent', false],
    ['posts-answers-nonsense', 'written-off', null, true],
  ])('whose utility %s is %s', async ([behaviour, state, reason, posted]) => {
    const before = await at.onlineFen(0);
    const payment = paymentOf(await payBill(at.parts, await at.newWish({ 'write-offs': behaviour })));
    const cancellation = state === 'returned' ? 'confirmed' : 'none';
    expect(payment).toMatchObject({ state, reason, cancellation });
    expect(await at.onlineFen(0)).toBe(posted ? before - billFen : before);
    // What posts late comes by now, and meets its cancellation.
    await sleep(behaviour === 'posts-late' ? lateMs : 0);
    expect(await isPosted(payment)).toBe(posted);
  });

  test('that went back is in the history with both its ways, and may be paid again', async () => {
    const wish = await at.newWish({ 'write-offs': 'refuses' });
    const first = paymentOf(await payBill(at.parts, wish));
    const [back, paid] = await readHistory(at.parts.session, wish.card.cardAccountId, {
      before: null,
      limit: 2,
    });
    expect(back).toMatchObject({ id: first.returnEntryId, originalId: first.entryId });
    expect(paid).toMatchObject({ id: first.entryId });
    const bill = { billNumber: wish.billNumber, period: '2026-10', amount: 5_000, penalty: 25 };
    await at.server.setCustomer(wish.customerNumber, [bill]);
    expect(paymentOf(await payBill(at.parts, at.another(wish)))).toMatchObject({ state: 'written-off' });
  });

  test('goes back at once while the utility is silent, and is cancelled as soon as it hears', async () => {
    const behaviours = {
      'write-offs': 'posts-answers-late',
      inquiries: 'answers-500',
      cancellations: 'answers-500',
    } as const;
    const before = await at.onlineFen(0);
    const wish = await at.newWish(behaviours);
    const payment = paymentOf(await payBill(at.parts, wish));
    expect(payment).toMatchObject({ state: 'returned', cancellation: 'due', reason: 'utility-silent' });
    expect(await at.onlineFen(0)).toBe(before);
    expect(await isPosted(payment)).toBe(true);
    await at.passTime();
    await driveDuePayments(at.parts);
    expect(await at.read(payment.id)).toMatchObject({ cancellation: 'due' });
    await at.server.setCustomer(wish.customerNumber, []);
    await at.passTime();
    await driveDuePayments(at.parts);
    expect(await at.read(payment.id)).toMatchObject({ state: 'returned', cancellation: 'confirmed' });
    expect(await isPosted(payment)).toBe(false);
  });

  test('whose cancellation is refused is asked no more: the day file says it', async () => {
    const wish = await at.newWish({ 'write-offs': 'refuses', cancellations: 'refuses' });
    const payment = paymentOf(await payBill(at.parts, wish));
    expect(payment).toMatchObject({ state: 'returned', cancellation: 'refused' });
    await at.passTime();
    expect(await driveDuePayments(at.parts)).toBe(0);
  });

  test('goes back also when the utility’s terminal was switched off meanwhile, as soon as it is on again', async () => {
    const before = await at.onlineFen(0);
    const setActive = (active: boolean) =>
      at.house.owner.query('update terminals.terminals set active = $2 where id = $1', [
        town.utilityTerminal,
        active,
      ]);
    const wish = await at.newWish({ 'write-offs': 'refuses' });
    const passed = async (act: string) => {
      if (act === 'asked to write off') await setActive(false);
    };
    const held = paymentOf(await payBill({ ...at.parts, passed }, wish));
    expect(held).toMatchObject({ state: 'returning', returnTries: 1 });
    await setActive(true);
    await at.passTime();
    await driveDuePayments(at.parts);
    expect(await at.read(held.id)).toMatchObject({ state: 'returned', cancellation: 'confirmed' });
    expect(await at.onlineFen(0)).toBe(before);
  });
});

describe('nothing is done', () => {
  const refused = async (wish: BillWish) => {
    const before = await at.onlineFen(0);
    const answer = await payBill(at.parts, wish);
    expect(await at.onlineFen(0)).toBe(before);
    return answer;
  };

  test.for([
    ['utility-unknown', { utilityId: 1 }],
    ['batch-mismatch', { batchNumber: 2 }],
  ] as const)('for a bill that is %s', async ([code, over]) => {
    expect(await refused(await at.newWish({}, over))).toEqual({ status: 'refused', code });
  });

  test.for([
    ['bill-unknown', { billNumber: 'W-none' }],
    ['bill-unknown', { customerNumber: 'nobody' }],
    ['bill-amount-changed', { amountFen: billFen - 1n }],
    ['bill-amount-changed', { amountFen: billFen + 1n }],
  ] as const)(
    'for a bill that is %s: the repeat is told the same, and the bill is free',
    async ([refusal, over]) => {
      const wish = await at.newWish({}, over);
      for (let i = 0; i < 2; i++)
        expect(await refused(wish)).toMatchObject({ payment: { state: 'declined', refusal, entryId: null } });
    },
  );

  test.for(['answers-500', 'drops-before', 'posts-answers-nonsense', 'posts-late', 'refuses'] as const)(
    'while the utility %s when it is asked what is due',
    async (behaviour) => {
      const wish = await at.newWish({ bills: behaviour });
      expect(await refused(wish)).toEqual({ status: 'refused', code: 'utility-silent' });
      expect(await refused(at.another(wish))).toEqual({ status: 'refused', code: 'bill-being-paid' });
      const { billNumber } = wish;
      await at.server.setCustomer(wish.customerNumber, [
        { billNumber, period: '2026-10', amount: 5_000, penalty: 25 },
      ]);
      expect(paymentOf(await payBill(at.parts, wish))).toMatchObject({ state: 'written-off' });
    },
  );

  test('while the utility is silent, and when nobody comes again the bill is free', async () => {
    const wish = await at.newWish({ bills: 'answers-500' });
    await refused(wish);
    await at.passTime();
    await driveDuePayments(at.parts);
    expect(await refused(wish)).toMatchObject({ payment: { state: 'abandoned' } });
    expect(await refused(at.another(wish))).toEqual({ status: 'refused', code: 'utility-silent' });
  });

  test('for a bill that was paid', async () => {
    const wish = await at.newWish();
    paymentOf(await payBill(at.parts, wish));
    expect(await refused(at.another(wish))).toEqual({ status: 'refused', code: 'bill-paid' });
  });

  test('when the purse cannot pay: it is declined, the repeat too, and the bill is free', async () => {
    const wish = await at.newWish({}, { purse: 'medical' });
    const declined = paymentOf(await payBill(at.parts, wish));
    expect(declined).toMatchObject({ state: 'declined', entryId: null });
    expect(await payBill(at.parts, wish)).toMatchObject({ replay: true, payment: { id: declined.id } });
    expect(paymentOf(await payBill(at.parts, at.another(wish, { purse: null })))).toMatchObject({
      state: 'written-off',
    });
  });
});

describe('a repeat', () => {
  test('gets the payment that there is, by its key or by its trace', async () => {
    const wish = await at.newWish();
    const first = paymentOf(await payBill(at.parts, wish));
    const before = await at.onlineFen(0);
    const { callerKey } = at.another(wish);
    for (const again of [wish, { ...wish, callerKey }])
      expect(await payBill(at.parts, again)).toEqual({ status: 'payment', payment: first, replay: true });
    expect(await at.onlineFen(0)).toBe(before);
    const desk = openBillDesk(at.parts);
    expect(await desk.look(wish.terminal, wish)).toEqual(first);
    expect(await desk.look(wish.terminal, { ...wish, traceNumber: 999_999 })).toBeNull();
  });

  test('that says otherwise is told the field', async () => {
    const wish = await at.newWish();
    await payBill(at.parts, wish);
    expect(await payBill(at.parts, { ...wish, amountFen: 1n })).toEqual({
      status: 'key-reused',
      field: 'amount',
    });
    expect(await payBill(at.parts, { ...wish, card: cardRef(1) })).toEqual({
      status: 'key-reused',
      field: 'cardNumber',
    });
  });
});

describe('who comes at once', () => {
  test('twenty terminals and cards for one bill: one pays, nobody else has paid', async () => {
    const wish = await at.newWish();
    const [zero, one] = [await at.onlineFen(0), await at.onlineFen(1)];
    const wishes = [wish, ...Array.from({ length: 19 }, () => at.another(wish))];
    const answers = await Promise.all(wishes.map((each) => payBill(at.parts, each)));
    const paid = answers.filter((answer) => answer.status === 'payment');
    expect(paid).toHaveLength(1);
    for (const answer of answers)
      if (answer.status === 'refused') expect(['bill-being-paid', 'bill-paid']).toContain(answer.code);
    expect(zero + one - (await at.onlineFen(0)) - (await at.onlineFen(1))).toBe(billFen);
  });

  test('the same request twenty times is one payment', async () => {
    const wish = await at.newWish();
    const before = await at.onlineFen(0);
    const answers = await Promise.all(Array.from({ length: 20 }, () => payBill(at.parts, wish)));
    expect(new Set(answers.map((answer) => paymentOf(answer).id)).size).toBe(1);
    expect(await at.onlineFen(0)).toBe(before - billFen);
  });
});

describe('the desk and the holder', () => {
  test('a slow utility holds up its own callers up to a bound; beyond it they are told at once', async () => {
    const desk = openBillDesk(at.parts);
    const { customerNumber, utilityId } = await at.newWish({ bills: 'posts-late' });
    const asked = Array.from({ length: 300 }, () => desk.find({ utilityId, customerNumber }));
    const statuses = (await Promise.all(asked)).map((answer) => answer.status);
    expect(statuses.filter((status) => status === 'busy')).toHaveLength(300 - 256);
    expect((await desk.find({ utilityId, customerNumber })).status).not.toBe('busy');
  });

  test('see what is due, what is being paid and what was paid', async () => {
    const desk = openBillDesk(at.parts);
    const wish = await at.newWish();
    const asked = { utilityId: town.utilityId, customerNumber: wish.customerNumber };
    expect(await desk.find(asked)).toMatchObject({
      bills: [{ state: 'due', amountFen: 5_000n, penaltyFen: 25n }],
    });
    await desk.pay(wish);
    expect(await desk.find(asked)).toEqual({ status: 'found', bills: [] });
    const [newest] = await billsOf(at.parts.session, wish.card.cardAccountId, { before: null, limit: 1 });
    expect(newest).toMatchObject({
      utilityId: town.utilityId,
      utilityName: `商户${town.utilityId}`,
      billNumber: wish.billNumber,
      period: '2026-10',
      amountFen: billFen,
      state: 'written-off',
    });
    const older = await billsOf(at.parts.session, wish.card.cardAccountId, {
      before: newest?.sequence ?? 0n,
      limit: 5,
    });
    expect(older.every((bill) => bill.sequence < (newest?.sequence ?? 0n))).toBe(true);
  });
});
