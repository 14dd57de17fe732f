import { afterAll, beforeAll, expect, test } from 'vitest';
import { cutOff } from '#ledger/cut-off.ts';
import { fen } from '#money/fen.ts';
import { openLog } from '#platform/log.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { tillBefore } from '#testing/till.ts';
import { cardRef, loadTown } from '#testing/town.ts';
import { schedulePartitions } from './keep-partitions.ts';

let house: TestTown;
const lines: string[] = [];
const log = openLog('info', { write: (line: string) => void lines.push(line) });

const packed = async () => {
  const { rows } = await house.pool.query(
    `select from pg_inherits where inhparent in ('ledger.entries'::regclass, 'ledger.postings'::regclass)
      and obj_description(inhrelid, 'pg_class') is not null`,
  );
  return rows.length;
};

beforeAll(async () => {
  house = await openTestTown({ merchants: 1, cards: 1 });
  const clearing = await house.open();
  await loadTown(clearing, { cards: 1, amountFen: 1_000n });
  await tillBefore(clearing, clearing)({ card: cardRef(0), amountFen: fen(1n) });
  const { rows } = await house.pool.query<{ day: string }>(
    'select business_date as day from ledger.business_days where closed_at is null',
  );
  await cutOff(house.pool, rows[0]?.day ?? '');
});
afterAll(() => house.close());

test('a closed day is packed at leisure, and waits while payments need the process', async () => {
  let [asked, busy] = [0, 0.5];
  const utilization = () => {
    asked += 1;
    return busy;
  };
  const schedule = schedulePartitions({ pool: house.pool, log, pauseMs: 20, utilization });
  try {
    await expect.poll(() => asked, { timeout: 10_000 }).toBeGreaterThan(3);
    expect(await packed()).toBe(0);
    busy = 0.1;
    await expect.poll(packed, { timeout: 20_000 }).toBeGreaterThan(1);
  } finally {
    await schedule.stop();
  }
  expect(lines).toEqual([]);
});
