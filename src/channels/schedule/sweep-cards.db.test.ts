import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cardSweepMax } from '#cards/life/sweep-cards.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { scheduleCardSweep } from './sweep-cards.ts';

const cardCount = cardSweepMax + 60;
let house: TestTown;

beforeAll(async () => {
  house = await openTestTown({ merchants: 1, cards: cardCount });
});
afterAll(() => house?.close());

const quiet = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
const counts = async () => {
  const { rows } = await house.pool.query(
    'select status, count(*)::int as count from cards.cards group by status order by status',
  );
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
};

describe('the schedule', () => {
  test('sweeps cards on two instances, rounds and all, and writes each card once', async () => {
    await house.owner.query(`update cards.cards set status = 'temporarily-lost', lifts_at = now()`);
    await house.owner.query(`update cards.cards set expires_on = '2026-01-01' where id % 4 = 0`);
    const sweeps = [scheduleCardSweep(house.pool, quiet, 50), scheduleCardSweep(house.pool, quiet, 60)];
    await sleep(1_500);
    await Promise.all(sweeps.map((sweep) => sweep.stop()));
    const expired = cardCount / 4;
    expect(await counts()).toEqual({ active: cardCount - expired, expired });
    const { rows } = await house.pool.query(
      `select step, count(*)::int as count from cards.events where actor_kind = 'system' and step <> 'issue'
       group by step order by step`,
    );
    expect(rows).toEqual([
      { step: 'expire', count: expired },
      { step: 'lift-temporary-loss', count: cardCount },
    ]);
  });

  test('goes on after a sweep that failed, and says so in the log', async () => {
    const warned: string[] = [];
    const log = { ...quiet, warn: (message: string) => warned.push(message) };
    await house.owner.query('alter table cards.events rename to gone');
    await house.owner.query(
      `update cards.cards set status = 'temporarily-lost', lifts_at = now() where status = 'active'`,
    );
    const sweep = scheduleCardSweep(house.pool, log, 50);
    await sleep(300);
    await house.owner.query('alter table cards.gone rename to events');
    await sleep(1_000);
    await sweep.stop();
    expect(new Set(warned)).toEqual(new Set(['cards could not be swept']));
    expect(await counts()).not.toHaveProperty('temporarily-lost');
  });
});
