import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { consentTo } from '#load-orders/mandates.ts';
import { fen } from '#money/fen.ts';
import { type LoadTown, openLoadTown } from '#testing/loads/load-town.ts';
import { cardRef } from '#testing/town.ts';
import { scheduleLoadOrders } from './drive-load-orders.ts';

let town: LoadTown;

beforeAll(async () => {
  town = await openLoadTown(3);
});
afterAll(() => town?.close());

const pauses = { driveMs: 100, sweepMs: 100 };

test('what a bank left undecided, and what a holder consented to, is loaded by the schedule, until it is stopped', async () => {
  await town.bind(0, '05', 1);
  expect(await town.order(0)).toMatchObject({ order: { state: 'requested' } });
  await town.bind(1, '00');
  const { cardAccountId } = cardRef(1);
  await consentTo(town.house.pool, {
    cardAccountId,
    thresholdFen: fen(2_000),
    amountFen: fen(5_000),
    perDayMax: 3,
    consentVersion: '1',
    actor: { kind: 'holder', id: cardAccountId },
  });
  const schedules = [scheduleLoadOrders(town.parts, pauses), scheduleLoadOrders(town.parts, pauses)];
  await sleep(3_000);
  await Promise.all(schedules.map((schedule) => schedule.stop()));
  expect(await town.online(0)).toBe(5_000n);
  expect(await town.online(1)).toBe(5_000n);
  await town.bind(2, '05', 1);
  await town.order(2);
  await town.house.owner.query(`update load_orders.orders set due_at = now() where state = 'requested'`);
  await sleep(300);
  expect(await town.online(2)).toBe(0n);
});

test('a round that fails is said in the log, and the next one goes on', async () => {
  const warned: string[] = [];
  const log = { ...town.parts.log, warn: (message: string) => warned.push(message) };
  await town.house.owner.query('alter table load_orders.orders rename to gone');
  const schedule = scheduleLoadOrders({ ...town.parts, log }, pauses);
  await sleep(350);
  await town.house.owner.query('alter table load_orders.gone rename to orders');
  await sleep(1_500);
  await schedule.stop();
  expect(warned).toContain('load orders could not be driven');
  expect(await town.online(2)).toBe(5_000n);
});
