import { numberColumn } from '#platform/columns.ts';
import type { Pool, PoolClient } from '#platform/postgres.ts';
import { sessionOf } from '#platform/postgres.ts';
import { type BooksLook, lookAtBooks } from './books.ts';
import { type ChainLook, lookAtChain } from './chain.ts';
import { readBases } from './chain-store.ts';
import { type BooksLamp, type CheckResult, type LampFinding, readLamp } from './lamp.ts';
import { type Beginning, countOutcomesAfter, readBeginning, writeLamp } from './lamp-store.ts';
import { type Queue, readQueues } from './queues.ts';
import type { ChainBudget } from './rules/chain-budget.ts';
import { pauseAfter } from './rules/lamp-state.ts';
import { daysToWatch, sequenceOf, startFrom } from './rules/start-from.ts';
import type { LaneMark } from './rules/watermark.ts';

export interface LookOptions {
  readonly pool: Pool;
  readonly queues: readonly Queue[];
  /** From the begin of one look to the begin of the next. */
  readonly pauseMs: number;
  readonly chain: ChainBudget;
  /** Whether to look although it is not due. */
  readonly atOnce?: boolean;
}

/** Whether a look is due, by how long ago the last one began and how long it took. */
export function isDue(shown: Pick<BooksLamp, 'ageMs' | 'lookMs'>, pauseMs: number): boolean {
  return shown.ageMs >= pauseAfter(shown.lookMs, pauseMs);
}

/** Any number will do, as long as every instance takes the same. */
const watchLock = 4_601_031;
const findingsMax = 8;

/**
 * Looks at the running books once, unless another instance does or did: drift, holds, day totals in one short
 * snapshot; the chains and the queues beside it. Whether it looked. Nothing of a look is kept in memory: what the next
 * one needs to know stands in the lamp's row, so it does not matter which instance looks, nor when one dies.
 *
 * A red lamp stops nothing. The service goes on because every group that it commits is checked by itself, in the
 * database: the money of a payment is not wrong because a row of last week is. To stop for it would let anybody who can
 * change one row turn off the island's cards; whoever is called decides, with the row in his hand.
 */
export async function lookOnce(options: LookOptions): Promise<boolean> {
  const client = await options.pool.connect();
  let broken: Error | undefined;
  try {
    const { rows } = await client.query({
      text: `select pg_try_advisory_lock(${watchLock})`,
      rowMode: 'array',
    });
    if (rows[0]?.[0] !== true) return false;
    const looked = await look(client, options);
    await client.query(`select pg_advisory_unlock(${watchLock})`);
    return looked;
  } catch (error) {
    // With its connection the lock is gone too.
    broken = error as Error;
    throw error;
  } finally {
    client.release(broken);
  }
}

/**
 * A look takes one core at the most, goes by indexes whatever the planner believes of a table that was empty, and is
 * planned for its days, so that of years of partitions those of other days are not even locked.
 */
const settings = [
  'max_parallel_workers_per_gather = 0',
  'enable_seqscan = off',
  'plan_cache_mode = force_custom_plan',
];

async function look(client: PoolClient, options: LookOptions): Promise<boolean> {
  const session = sessionOf(client);
  const startedMs = performance.now();
  for (const setting of settings) await client.query(`set ${setting}`);
  const shown = await readLamp(session);
  if (shown !== null && !options.atOnce && !isDue(shown, options.pauseMs)) return false;
  const beginning = await readBeginning(session);
  const { kept, today } = beginning;
  if (today === null) throw new Error('no business day is open');
  const days = daysToWatch(kept, today);
  const bases = await readBases(session, days[0] ?? today.open);
  const { mark, anew: isFirst } = startFrom(kept, { days, bases });
  const chain = await lookAtChain(session, mark, options.chain);
  // Of a posting that was changed the sums may tell by how much.
  const anew = isFirst || chain.findings.length > 0;
  const books = await inSnapshotOf(client, () => lookAtBooks(session, { mark, bases, anew }));
  const queues = await readQueues(session, options.queues);
  const lanes = mergeLanes(chain.lanes, books.mark.lanes);
  const behind = await countOutcomesAfter(session, chainedColumns(lanes));
  const lookMs = Math.round(performance.now() - startedMs - chain.restedMs);
  return write(client, beginning, {
    ...resultOf(chain, books),
    businessDate: today.open,
    driftFen: books.driftFen,
    behind,
    lookMs,
    pauseMs: pauseAfter(lookMs, options.pauseMs),
    queues,
    watermark: { ...books.mark, lanes, suspect: chain.suspect },
    counted: books.counted,
    replaces: books.replaces,
  });
}

/** Runs `work` on the books as they stand at one moment; it can change nothing. */
async function inSnapshotOf<T>(client: PoolClient, work: () => Promise<T>): Promise<T> {
  await client.query('begin isolation level repeatable read, read only');
  await client.query('set local enable_seqscan = on');
  const result = await work();
  await client.query('commit');
  return result;
}

async function write(
  client: PoolClient,
  { beganAt, look: seen }: Beginning,
  found: Omit<Parameters<typeof writeLamp>[1], 'beganAt' | 'look'>,
): Promise<boolean> {
  await client.query('begin');
  const written = await writeLamp(sessionOf(client), { ...found, beganAt, look: seen });
  await client.query('commit');
  return written;
}

function resultOf(chain: ChainLook, books: BooksLook) {
  const chainHead: CheckResult = { name: 'chain-head', wrong: chain.findings.length, amountFen: 0n };
  const ofChain = chain.findings.map(
    ({ coarse: _, ...finding }): LampFinding => ({ check: 'chain-head', ...finding }),
  );
  return {
    checks: [...books.checks, chainHead],
    findings: [...books.findings, ...ofChain].slice(0, findingsMax),
  };
}

/** How far each lane is: its groups by the look at the chains, its postings by the snapshot after it. */
function mergeLanes(
  chain: ReadonlyMap<number, LaneMark>,
  books: ReadonlyMap<number, LaneMark>,
): Map<number, LaneMark> {
  const lanes = new Map<number, LaneMark>();
  for (const [lane, mark] of chain) {
    lanes.set(lane, { ...mark, countedSequence: books.get(lane)?.countedSequence ?? mark.countedSequence });
  }
  return lanes;
}

function chainedColumns(lanes: ReadonlyMap<number, LaneMark>): [string, string] {
  const rows = [...lanes];
  return [numberColumn(rows, ([lane]) => lane), numberColumn(rows, ([, mark]) => sequenceOf(mark.chained))];
}
