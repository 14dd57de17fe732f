import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { payBill } from '#bills/pay-bill.ts';
import { closeDay } from '#settlement/close-day.ts';
import { type BillTown, openBillTown } from '#testing/bill-town.ts';
import { town } from '#testing/town.ts';
import { scheduleBills } from './drive-bills.ts';

let at: BillTown;
beforeAll(async () => {
  at = await openBillTown();
  await at.house.owner.query(`update bills.utilities set since = '2020-01-01'`);
});
afterAll(() => at?.close());

const states = async (): Promise<string[]> => {
  const { rows } = await at.house.pool.query('select state from bills.payments order by sequence');
  return rows.map((row) => row.state);
};
async function until(what: () => Promise<boolean>) {
  for (let tries = 0; tries < 100; tries++) {
    if (await what()) return;
    await sleep(50);
  }
  throw new Error('it did not come to that');
}

/** A payment whose process died once its money was taken, of which more than one round's worth come due at once. */
async function leaveBehind(count: number) {
  const passed = (act: string) => {
    if (act === 'cleared') throw new Error('killed');
  };
  for (let i = 0; i < count; i++)
    await expect(payBill({ ...at.parts, passed }, await at.newWish())).rejects.toThrow('killed');
  await at.passTime();
}

test('what was left behind is driven to its end and its day file sent, until the schedule is stopped', async () => {
  await leaveBehind(20);
  const schedule = scheduleBills(at.parts, { payments: 50, dayFiles: 50 });
  await until(async () => (await states()).every((state) => state === 'written-off'));
  await closeDay(at.house.pool, town.firstDay);
  await until(async () => town.firstDay in (await at.server.books()).dayFiles);
  await schedule.stop();
  await leaveBehind(1);
  await sleep(300);
  expect((await states()).at(-1)).toBe('reserved');
});

test('rounds that fail are logged once, and the next goes on', async () => {
  const warned: string[] = [];
  const log = { ...at.parts.log, warn: (message: string) => warned.push(message) };
  await at.house.owner.query('alter table bills.payments rename to gone');
  const schedule = scheduleBills({ ...at.parts, log }, { payments: 50, dayFiles: 60_000 });
  await until(async () => warned.length > 0);
  await at.house.owner.query('alter table bills.gone rename to payments');
  await until(async () => (await states()).every((state) => state === 'written-off'));
  await schedule.stop();
  expect(warned).toEqual(['bills could not be driven']);
});
