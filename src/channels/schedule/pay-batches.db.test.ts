import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Clearing } from '#clearing/open.ts';
import { readBatch, readProgress } from '#disbursements/store.ts';
import { openLog } from '#platform/log.ts';
import {
  approvedToRun,
  goodFile,
  imported,
  openSubsidyTown,
  type SubsidyTown,
} from '#testing/subsidies/subsidy-town.ts';
import { schedulePayments } from './pay-batches.ts';

const pauseMs = 10;
let town: SubsidyTown;
let clearing: Clearing;

beforeAll(async () => {
  town = await openSubsidyTown({ merchants: 1, cards: 1_500 });
  clearing = await town.open();
});
afterAll(() => town.close());

const start = (parts: Pick<Clearing, 'submit' | 'reference'> = clearing) =>
  schedulePayments({ pool: town.parts.pool, clearing: parts }, openLog('silent'), pauseMs);

async function untilPaid(batchId: bigint): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if ((await readBatch(town.session, batchId))?.state === 'paid') return;
    await sleep(20);
  }
  throw new Error('the batch was never paid');
}

test('every batch that was started is paid, and one that was not is left alone', async () => {
  const started = await imported(town.parts, '2026-01', goodFile(20));
  const other = await imported(town.parts, '2026-02', goodFile(20));
  const waiting = await imported(town.parts, '2026-03', goodFile(20));
  await approvedToRun(town.parts, started);
  await approvedToRun(town.parts, other);
  const schedule = start();
  await untilPaid(started);
  await untilPaid(other);
  await schedule.stop();
  expect((await readBatch(town.session, waiting))?.state).toBe('imported');
});

test('one that was under way when the service stopped goes on when it is there again', async () => {
  const id = await imported(town.parts, '2026-04', goodFile(1_500));
  await approvedToRun(town.parts, id);
  let asked = 0;
  let first: ReturnType<typeof start> | null = null;
  let stopped: Promise<void> | undefined;
  first = start({
    reference: clearing.reference,
    submit: (submitted) => {
      if (++asked === 300) stopped = first?.stop();
      return clearing.submit(submitted);
    },
  });
  while (stopped === undefined) await sleep(5);
  await stopped;
  expect((await readProgress(town.session, id)).left.count).toBeGreaterThan(0);
  const again = start();
  await untilPaid(id);
  await again.stop();
  expect(await readProgress(town.session, id)).toMatchObject({
    paid: { count: 1_500 },
    failed: { count: 0 },
  });
});
