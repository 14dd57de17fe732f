import { setTimeout as sleep } from 'node:timers/promises';
import { openPool, type Pool } from '#platform/postgres.ts';
import { closeDay } from '#settlement/close-day.ts';
import { findDrift } from '#testing/drift.ts';
import { readArguments, withinLimits } from '#testing/read-arguments.ts';
import { town } from '#testing/town.ts';
import { bar, barLines } from './bench/figures/bar-table.ts';
import { checkBooks, type Ours, openOurs, requestOf } from './bench/our-way.ts';
import { type Days, fillDay, payOne } from './bench/run/fill-day.ts';
import { runBench } from './bench/run/run-bench.ts';
import { sayer } from './bench/run/sayer.ts';
import { paymentOf } from './bench/workload.ts';
import { openWorld, type Run, type World } from './bench/world.ts';
import { type OpenLoad, startOpenLoad, type WindowFigures } from './close/open-load.ts';

/**
 * Closes a business day of a million transactions while payments go on at half of what this machine clears:
 * `npm run bench:close -- [--transactions 1000000] [--short]`.
 * Exits with 1 when money, answers or days were wrong, not when a bar was missed.
 */
interface CloseOptions {
  readonly transactions: number;
  readonly cards: number;
  /** Of each of the two windows that are compared. */
  readonly windowSeconds: number;
  readonly run: Run;
}

const transactionsMax = 10_000_000;
const fillSecondsMax = 1_800;
const capacityPayments = 30_000;
const loadShare = 0.5;
/** Around the cut-off, for what it held up. */
const nearMs = 1_000;

function readOptions(args: readonly string[]): CloseOptions {
  const { short, transactions } = readArguments(args, {
    transactions: { type: 'string' },
    short: { type: 'boolean', default: false },
  });
  const text = transactions ?? (short ? '30000' : '1000000');
  return {
    transactions: withinLimits(text, { name: 'transactions', max: transactionsMax }),
    cards: short ? 8_000 : 100_000,
    windowSeconds: short ? 5 : 30,
    run: short ? 'usual' : 'long',
  };
}

/** When the close was called, when the day was cut off and when all was sealed, by this process's clock. */
interface Closed {
  readonly calledAtMs: number;
  readonly cutOffAtMs: number;
  readonly sealedAtMs: number;
  readonly nextDate: string;
}

async function bench(options: CloseOptions): Promise<boolean> {
  const say = sayer();
  const world = await openWorld(options.cards, options.run);
  const ours = await openOurs(world);
  const pool = openPool(world.url, 2);
  world.onClose(() => pool.end());
  const days: Days = new Map();
  const desk = { world, ours, days };
  say('the town is built; the day is filled');
  const payments = Math.max(options.transactions, capacityPayments);
  const { perSecond: capacity } = await fillDay(desk, { payments, secondsMax: fillSecondsMax }, say);
  await world.owner.query('vacuum analyze');
  // As the service does by itself: the next day's partitions are there before the cut-off needs them.
  await pool.query('select ledger.add_partitions_ahead(2)');
  const perSecond = capacity * loadShare;
  say(`open load at ${perSecond.toFixed(0)} payments/s, half of what the filling came to`);
  const { load, windows, closed } = await closeUnderLoad(desk, pool, { ...options, perSecond });
  await load.finish();
  const faults = await findFaults(desk, pool);
  printReport(days, closed, windows(load));
  for (const fault of faults) console.error(`WRONG: ${fault}`);
  return faults.length === 0;
}

interface Desk {
  readonly world: World;
  readonly ours: Ours;
  readonly days: Days;
}

interface Windows {
  readonly before: WindowFigures;
  readonly during: WindowFigures;
  /** Around the cut-off alone. */
  readonly near: WindowFigures;
}

const settleMs = 3_000;

/** Two windows of one length under one load: the second begins with the close, and outlasts it. */
async function closeUnderLoad(
  { world, ours, days }: Desk,
  pool: Pool,
  { perSecond, windowSeconds }: CloseOptions & { readonly perSecond: number },
) {
  const windowMs = windowSeconds * 1_000;
  const load = startOpenLoad({
    perSecond,
    secondsMax: 4 * windowSeconds + 60,
    pay: async () => {
      const request = requestOf(paymentOf(world.sequence.take(1), world.cards));
      await payOne(ours, days, { request, isRepeat: false });
    },
  });
  await sleep(settleMs + windowMs);
  const closed = await closeNow(pool);
  const endMs = Math.max(closed.calledAtMs + windowMs, closed.sealedAtMs);
  await sleep(Math.max(0, endMs - performance.now()));
  const windows = (of: OpenLoad): Windows => ({
    before: of.window(closed.calledAtMs - (endMs - closed.calledAtMs), closed.calledAtMs),
    during: of.window(closed.calledAtMs, endMs),
    near: of.window(closed.calledAtMs - nearMs, closed.cutOffAtMs + nearMs),
  });
  return { load, windows, closed };
}

async function closeNow(pool: Pool): Promise<Closed> {
  const calledAtMs = performance.now();
  const closed = await closeDay(pool, town.firstDay);
  if (typeof closed === 'string') throw new Error(`the day was not closed: ${closed}`);
  const sealedAtMs = performance.now();
  // The day was closed by the database's clock, which is this machine's.
  const cutOffAtMs = closed.closedAt.getTime() - performance.timeOrigin;
  return { calledAtMs, cutOffAtMs, sealedAtMs, nextDate: closed.nextDate };
}

/** Every payment is in the books once, on the day that its answer named. */
async function findFaults({ world, days }: Desk, pool: Pool): Promise<string[]> {
  await checkBooks(world);
  const { rows } = await world.owner.query<{ day: string; count: number }>(
    `select business_date::text as day, count(*)::int as count from ledger.entries
      where kind = 1 group by 1`,
  );
  const wrongDays = rows
    .filter(({ day, count }) => days.get(day) !== count)
    .map(({ day, count }) => `${count} payments on ${day} where ${days.get(day) ?? 0} were answered`);
  return [...wrongDays, ...(await findDrift(pool))];
}

function printReport(days: Days, { calledAtMs, cutOffAtMs, sealedAtMs }: Closed, windows: Windows): void {
  const { before, during, near } = windows;
  const line = (name: string, { payments, p50Ms, p99Ms, longestMs, longestGapMs }: WindowFigures) =>
    `| ${name} | ${payments} | ${p50Ms.toFixed(1)} / ${p99Ms.toFixed(1)} | ${longestMs.toFixed(0)} | ${longestGapMs.toFixed(0)} |`;
  const lines = [
    '',
    `The day had ${days.get(town.firstDay) ?? 0} approved payments. The cut-off was made ${(cutOffAtMs - calledAtMs).toFixed(0)} ms after it was asked for.`,
    '',
    '| window | payments | p50 / p99 ms | longest wait ms | longest time without an answer ms |',
    '|---|---|---|---|---|',
    line('before the close', before),
    line('the close and after', during),
    line('a second around the cut-off', near),
    '',
    ...barLines([
      bar('pause at the cut-off', near.longestGapMs, { atMost: 100, unit: 'ms' }),
      bar('totals, nets and seal', (sealedAtMs - cutOffAtMs) / 1_000, { atMost: 5, unit: 's', digits: 2 }),
      bar('clearing p99 during the close against before', during.p99Ms / before.p99Ms, {
        atMost: 1.5,
        unit: '×',
        digits: 2,
      }),
    ]),
  ];
  console.log(lines.join('\n'));
}

await runBench(() => bench(readOptions(process.argv.slice(2))));
