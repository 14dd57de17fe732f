import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fen } from '#money/fen.ts';
import { createMetrics, type Metrics } from '#platform/metrics.ts';
import { openPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { readLamp } from '#settlement/live/lamp.ts';
import { passGate } from '#testing/load-gate.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { type Till, tillBefore } from '#testing/till.ts';
import { cardRef, loadTown } from '#testing/town.ts';
import type { Schedule } from './repeat.ts';
import { scheduleWatch } from './watch-books.ts';

interface Instance {
  readonly metrics: Metrics;
  readonly pool: Pool;
  readonly schedule: Schedule;
}

const pauseMs = 500;
/** On a busy machine a look takes long, and the next comes later. */
const limitMs = 50_000;
let house: TestTown;
let till: Till;
const instances: Instance[] = [];
/** What either of them said, in the order in which it was said. */
const said: [string, string, unknown][] = [];

function openInstance(): Instance {
  const log = {
    debug: () => undefined,
    info: (message: string, fields?: unknown) => said.push(['info', message, fields]),
    warn: (message: string, fields?: unknown) => said.push(['warn', message, fields]),
    error: (message: string, fields?: unknown) => said.push(['error', message, fields]),
  };
  const metrics = createMetrics();
  const pool = openPool(house.url, 1);
  const queues = [
    { name: 'visitors', statement: { name: 'visitors', text: 'select 3::bigint, 20::bigint' } },
  ];
  const schedule = scheduleWatch({ pool, queues, pauseMs, log, metrics });
  const instance = { metrics, pool, schedule };
  instances.push(instance);
  return instance;
}

beforeAll(async () => {
  house = await openTestTown({ merchants: 1, cards: 10 });
  const clearing = await house.open({ lanes: 2 });
  await loadTown(clearing, { cards: 10, amountFen: 10_000n });
  till = tillBefore(clearing);
  openInstance();
  openInstance();
});
afterAll(async () => {
  await Promise.all(instances.map(({ schedule }) => schedule.stop()));
  await Promise.all(instances.map(({ pool }) => pool.end()));
  await house?.close();
});

const gateOf = ({ metrics }: Instance, timeoutMs = limitMs) =>
  passGate({ readMetrics: () => metrics.registry.metrics(), timeoutMs, pollMs: 100 });

async function looksMade(): Promise<number> {
  const { rows } = await house.owner.query<{ look: string }>('select look from settlement.lamp');
  return Number(rows[0]?.look);
}

async function tamper(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: house.url });
  await client.connect();
  await client.query(`set session_replication_role = replica; ${sql}`);
  await client.end();
}

describe('two instances that watch the same books', { timeout: 4 * limitMs }, () => {
  test('look one at a time, show the same on both, and let a load test through', async () => {
    for (let card = 0; card < 5; card++) await till({ card: cardRef(card), amountFen: fen(100) });
    const verdicts = await Promise.all(instances.map((instance) => gateOf(instance)));
    expect(verdicts.map(({ ok }) => ok)).toEqual([true, true]);
    for (const { metrics } of instances) {
      const text = await metrics.registry.metrics();
      expect(text).toContain('\none_card_books_drift_fen 0\n');
      expect(text).toContain('\none_card_books_state 0\n');
      expect(text).toContain('one_card_books_wrong{check="chain-head"} 0');
      expect(text).toContain('one_card_queue_waiting{queue="visitors"} 3');
      expect(text).toContain('one_card_queue_oldest_seconds{queue="visitors"} 20');
    }
    const before = await looksMade();
    const startedMs = performance.now();
    await expect.poll(async () => (await looksMade()) - before, { timeout: limitMs }).toBeGreaterThan(1);
    const pauses = (performance.now() - startedMs) / pauseMs;
    expect((await looksMade()) - before).toBeLessThanOrEqual(Math.ceil(pauses) + 1);
  });

  test.each([
    ['a balance', 'update ledger.accounts set balance_fen = balance_fen + SIGN where id = 16000002', 'drift'],
    [
      'a day total',
      'update ledger.day_totals set debit_fen = debit_fen + SIGN where account_id = 2',
      'day-totals',
    ],
    ['a hold', 'update ledger.accounts set held_fen = held_fen + SIGN where id = 16000002', 'holds'],
    [
      'a hash',
      `update ledger.groups set hash = set_byte(hash, 0, get_byte(hash, 0) # 1) where sequence = 1 and lane = 0`,
      'chain-head',
    ],
    [
      'a posting',
      `update ledger.postings set amount_fen = amount_fen + SIGN
       where entry_id = (select min(entry_id) from ledger.postings) and account_id < 16000000`,
      'chain-head',
    ],
  ])('turn red and close the gate on both by one fen in %s, and say so once', async (_, sql, check) => {
    const saidBefore = said.length;
    await tamper(sql.replace('SIGN', '1'));
    // What was looked at before is gone through again in pieces: on a busy machine the first look may not come to it.
    const isShut = async (instance: Instance) => {
      const verdict = await gateOf(instance);
      return !verdict.ok && JSON.stringify(verdict).includes(check);
    };
    for (const instance of instances)
      await expect.poll(() => isShut(instance), { timeout: limitMs, interval: 100 }).toBe(true);
    await sleep(1_000);
    await tamper(sql.replace('SIGN', '-1'));
    expect(await gateOf(instances[0] as Instance)).toMatchObject({ ok: true });
    await expect.poll(() => said.length - saidBefore, { timeout: limitMs }).toBe(2);
    const told = said.slice(saidBefore);
    expect(told.map(([level, message]) => [level, message])).toEqual([
      ['error', 'the books are wrong'],
      ['info', 'the books are right again'],
    ]);
    expect(JSON.stringify(told[0])).toContain(check);
  });

  test('go on where one of them stops', async () => {
    await instances[0]?.schedule.stop();
    expect(await gateOf(instances[1] as Instance)).toMatchObject({ ok: true });
    expect(await readLamp(sessionOf(house.pool))).toMatchObject({ state: 'green' });
  });

  test('leave the gate shut where nobody looks any more', async () => {
    await instances[1]?.schedule.stop();
    await sleep(300);
    expect(await gateOf(instances[1] as Instance, 1_500)).toEqual({
      ok: false,
      wrong: ['no look at the books began after the call'],
    });
  });

  test('leave the gate shut where nobody ever looked', async () => {
    const never = { metrics: createMetrics() } as Instance;
    expect(await gateOf(never, 300)).toEqual({ ok: false, wrong: ['no look at the books was seen'] });
  });
});
