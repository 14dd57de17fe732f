import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sweepMax } from '#ledger/expire-holds.ts';
import { fen } from '#money/fen.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { type Till, tillBefore } from '#testing/till.ts';
import { cardRef, loadTown } from '#testing/town.ts';
import { scheduleHoldSweep } from './sweep-holds.ts';

const cardCount = 260;
let house: TestTown;
let till: Till;

beforeAll(async () => {
  house = await openTestTown({ merchants: 1, cards: cardCount });
  const clearing = await house.open();
  await loadTown(clearing, { cards: cardCount, amountFen: 10_000n });
  till = tillBefore(clearing);
});
afterAll(() => house?.close());

async function hold(card: number, amountFen: number): Promise<bigint> {
  const placed = await till({ card: cardRef(card), kind: 'authorise', amountFen: fen(amountFen) });
  if (placed.refusal !== null) throw new Error(placed.refusal);
  return placed.id;
}
/** Lets holds end so many milliseconds ago, or from now. */
const endAt = (ids: readonly bigint[], fromNowMs: number) =>
  house.owner.query(
    `update ledger.holds set expires_at = clock_timestamp() + $2 * interval '1 ms' where entry_id = any($1)`,
    [ids, fromNowMs],
  );
async function states(ids: readonly bigint[]): Promise<number[]> {
  const { rows } = await house.pool.query(
    'select state from ledger.holds where entry_id = any($1) order by entry_id',
    [ids],
  );
  return rows.map((row) => row.state);
}

describe('the schedule', () => {
  const quiet = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
  };

  test('sweeps what is due again and again, rounds and all, until it is stopped', async () => {
    const ids = await Promise.all(Array.from({ length: sweepMax + 10 }, (_, i) => hold(i + 50, 10)));
    await endAt(ids, -1);
    const sweep = scheduleHoldSweep(house.pool, quiet, 100);
    await sleep(1_000);
    await sweep.stop();
    expect(new Set(await states(ids))).toEqual(new Set([4]));
    const late = await hold(3, 10);
    await endAt([late], -1);
    await sleep(100);
    expect(await states([late])).toEqual([1]);
  });

  test('goes on after a sweep that failed, and says so in the log', async () => {
    const warned: string[] = [];
    const log = { ...quiet, warn: (message: string) => warned.push(message) };
    await house.owner.query('alter table ledger.holds rename to gone');
    const sweep = scheduleHoldSweep(house.pool, log, 100);
    await expect.poll(() => warned.length).toBe(1);
    await sleep(350);
    await house.owner.query('alter table ledger.gone rename to holds');
    expect(warned).toEqual(['holds could not be swept']);
    const id = await hold(4, 10);
    await endAt([id], -1);
    await expect.poll(() => states([id]), { timeout: 5_000 }).toEqual([4]);
    await sweep.stop();
  });
});
