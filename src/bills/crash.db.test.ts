import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BillTown, billFen, lateMs, openBillTown } from '#testing/bill-town.ts';
import { findDrift } from '#testing/drift.ts';
import { seededRandom } from '#testing/model/seeded-random.ts';
import { cardRef } from '#testing/town.ts';
import { driveDuePayments } from './drive-payment.ts';
import { type BillWish, payBill } from './pay-bill.ts';
import { finalStates } from './rules/payment-life.ts';
import { findByTrace } from './store.ts';

const cards = 60;
let at: BillTown;
beforeAll(async () => {
  at = await openBillTown(cards);
});
afterAll(() => at?.close());

/** The process is gone: nothing after this line has happened. */
class Killed extends Error {}

type Behaviours = Parameters<BillTown['newWish']>[0];
const bad: readonly Behaviours[] = [
  {},
  { 'write-offs': 'refuses' },
  { 'write-offs': 'drops-after' },
  { 'write-offs': 'posts-late' },
  { 'write-offs': 'posts-answers-500', inquiries: 'answers-500' },
  { 'write-offs': 'posts-answers-nonsense', inquiries: 'drops-before', cancellations: 'drops-after' },
];

const killerAfter = (act: number) => {
  let acts = 0;
  return () => {
    if (acts++ === act) throw new Killed('killed');
  };
};
const killerAt = (act: string) => (passedAct: string) => {
  if (passedAct === act) throw new Killed('killed');
};
/** Whether the work came to its end, or was killed on the way. */
const survives = (work: Promise<unknown>) =>
  work.then(
    () => true,
    (error) => {
      if (error instanceof Killed) return false;
      throw error;
    },
  );

/** Lets the schedule drive until nothing is due, the way it would over the next minutes. */
async function settle(): Promise<void> {
  for (let rounds = 0; rounds < 12; rounds++) {
    await at.passTime();
    if ((await driveDuePayments(at.parts)) === 0) return;
  }
  throw new Error('payments are due for ever');
}

const paymentOf = ({ terminal, ...wish }: BillWish) =>
  findByTrace(at.parts.session, { ...wish, terminalId: terminal.id }, null);

/** The card's money is at the utility, which has the bill in its books once, or it is back. Nothing in between. */
async function expectWhole(wish: BillWish, card: { readonly number: number; readonly beforeFen: bigint }) {
  const payment = await paymentOf(wish);
  const state = payment?.state ?? 'nothing';
  expect([...finalStates, 'nothing']).toContain(state);
  expect(payment?.cancellation ?? 'none').not.toBe('due');
  const { posted } = await at.server.books();
  const writeOffs = Object.entries(posted).filter(([, one]) => one.billNumber === wish.billNumber);
  const isPaid = state === 'written-off';
  expect(writeOffs.map(([reference]) => reference)).toEqual(isPaid ? [payment?.id] : []);
  const spentFen = isPaid ? billFen : 0n;
  expect(await at.onlineFen(card.number)).toBe(card.beforeFen - spentFen);
  return state;
}

let used = 0;
async function nextCard() {
  const number = used++ % cards;
  return { number, beforeFen: await at.onlineFen(number) };
}
/** A utility that is not to be reached is reached again some day. */
const heal = (wish: BillWish, behaviours: Behaviours) =>
  at.server.setCustomer(
    wish.customerNumber,
    [{ billNumber: wish.billNumber, period: '2026-10', amount: 5_000, penalty: 25 }],
    { ...behaviours, cancellations: 'accepts' },
  );
const waitForLate = (behaviours: Behaviours) =>
  sleep(behaviours?.['write-offs'] === 'posts-late' ? lateMs : 0);

describe('killed between any two acts', () => {
  test.for(bad)('%j: money is at the utility or with the holder, once', async (behaviours) => {
    const ends = new Set<string>();
    let wasKilled = true;
    for (let act = 0; wasKilled; act++) {
      const card = await nextCard();
      const wish = await at.newWish(behaviours, { card: cardRef(card.number) });
      wasKilled = !(await survives(payBill({ ...at.parts, passed: killerAfter(act) }, wish)));
      // The schedule's own drive is killed too, at another place each time.
      await at.passTime();
      await driveDuePayments({ ...at.parts, passed: killerAfter(act % 3) });
      // Half of the terminals come again, half of them never do.
      if (act % 2 === 0) await payBill(at.parts, wish);
      await heal(wish, behaviours);
      await settle();
      await waitForLate(behaviours);
      ends.add(await expectWhole(wish, card));
      expect(act, 'a drive has an end').toBeLessThan(20);
    }
    expect(ends.size).toBeGreaterThan(0);
    expect(await findDrift(at.house.pool)).toEqual([]);
  });

  test('a payment that died before its money was taken is given up, and its bill may be paid', async () => {
    const card = await nextCard();
    const wish = await at.newWish({}, { card: cardRef(card.number) });
    expect(await survives(payBill({ ...at.parts, passed: killerAt('asked what is due') }, wish))).toBe(false);
    await settle();
    expect(await expectWhole(wish, card)).toBe('abandoned');
    const other = at.another(wish);
    expect(await payBill(at.parts, other)).toMatchObject({ payment: { state: 'written-off' } });
  });

  test('a payment that died with its money taken is found and written off', async () => {
    const card = await nextCard();
    const wish = await at.newWish({}, { card: cardRef(card.number) });
    expect(await survives(payBill({ ...at.parts, passed: killerAt('cleared') }, wish))).toBe(false);
    expect(await paymentOf(wish)).toMatchObject({ state: 'reserved' });
    await settle();
    expect(await expectWhole(wish, card)).toBe('written-off');
  });
});

describe('driven by many at once', () => {
  /** Holds a payment until it is let go on: a driver that sleeps past its lease. */
  function gateAfter(act: string) {
    let open: () => void = () => undefined;
    let reached: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const arrived = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const passed = async (passedAct: string) => {
      if (passedAct !== act) return;
      reached();
      await opened;
    };
    return { passed, arrived, open: () => open() };
  }

  test.for([
    ['reserved', 'abandoned'],
    ['asked what is due', 'abandoned'],
    ['is reserved', 'abandoned'],
    ['cleared', 'written-off'],
    ['is paid', 'written-off'],
    ['asked to write off', 'written-off'],
  ] as const)(
    'a caller that sleeps once it has "%s" finds the payment %s by the schedule, and changes nothing',
    async ([act, state]) => {
      const card = await nextCard();
      const wish = await at.newWish({}, { card: cardRef(card.number) });
      const gate = gateAfter(act);
      const slow = payBill({ ...at.parts, passed: gate.passed }, wish);
      await gate.arrived;
      await settle();
      gate.open();
      expect(await slow).toMatchObject({ payment: { state } });
      expect(await expectWhole(wish, card)).toBe(state);
    },
  );

  test('a schedule that looked too early takes back what a slow caller then pays, and nobody writes it off', async () => {
    const card = await nextCard();
    const wish = await at.newWish({}, { card: cardRef(card.number) });
    const caller = gateAfter('is reserved');
    const slow = payBill({ ...at.parts, passed: caller.passed }, wish);
    await caller.arrived;
    await at.passTime();
    const driver = gateAfter('is abandoning');
    const drive = driveDuePayments({ ...at.parts, passed: driver.passed });
    await driver.arrived;
    caller.open();
    await slow;
    expect(await at.onlineFen(card.number), 'the slow caller has paid').toBe(card.beforeFen - billFen);
    driver.open();
    await drive;
    expect(await expectWhole(wish, card)).toBe('returned');
    expect(await paymentOf(wish)).toMatchObject({ reason: 'caller-gone' });
  });

  test('whatever their order is, the money ends whole', async () => {
    const random = seededRandom(46);
    const passed = async () => {
      if (random.chance(40)) await sleep(random.int(25));
    };
    const parts = { ...at.parts, passed, leaseMs: 0 };
    const played = await Promise.all(
      Array.from({ length: 24 }, async (_, i) => {
        const behaviours = bad[i % bad.length];
        const card = await nextCard();
        const wish = await at.newWish(behaviours, { card: cardRef(card.number) });
        return { card, wish };
      }),
    );
    let underway = true;
    const drivers = Array.from({ length: 3 }, async () => {
      while (underway) {
        await at.passTime();
        await driveDuePayments(parts);
        await sleep(random.int(10));
      }
    });
    const twice = played.flatMap(({ wish }) => [wish, wish]);
    await Promise.all(
      twice.map(async (wish) => {
        await sleep(random.int(60));
        await payBill(parts, wish);
      }),
    );
    underway = false;
    await Promise.all(drivers);
    for (const [i, { wish }] of played.entries()) await heal(wish, bad[i % bad.length]);
    await settle();
    await sleep(lateMs);
    for (const { wish, card } of played) await expectWhole(wish, card);
    expect(await findDrift(at.house.pool)).toEqual([]);
  });
});
