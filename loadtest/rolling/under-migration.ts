import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Clearing, openClearing } from '#clearing/open.ts';
import { fen } from '#money/fen.ts';
import { openOwnerPool, openPool, sessionOf } from '#platform/postgres.ts';
import { migrate } from '#platform/schema/migrate.ts';
import { buildTown, cardRef, loadTown, merchantTerminal, townRequest } from '#testing/town.ts';
import { sampleProblems } from './sample-migration.ts';

/** What payments waited before and during a migration of the hottest table. */
export interface UnderMigration {
  readonly outcomes: number;
  readonly migrationMs: number;
  readonly normal: Waits;
  readonly during: Waits;
  readonly problems: readonly string[];
}

interface Waits {
  readonly payments: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly longestMs: number;
}

export interface UnderMigrationOptions {
  readonly url: string;
  /** A folder with the migration. */
  readonly folder: string;
  /** So many payments are in the books before. */
  readonly before: number;
}

const cards = 2_000;
const merchants = 50;
const inFlight = { filling: 2_000, measured: 16 };
const normalMs = 4_000;
/** A report that reads the table most of the time: the exclusive lock has to wait for a gap, and payments behind it. */
const report = { holdsMs: 1_200, pausesMs: 300 };
/** What a migration may add to the longest wait of a payment. */
const addedWaitMaxMs = 1_000;

/** Pays without a pause, first with nothing else going on, then while the migration runs and a report reads. */
export async function payUnderMigration(options: UnderMigrationOptions): Promise<UnderMigration> {
  const { url, folder, before } = options;
  await migrate(url);
  const owner = openOwnerPool(url);
  await buildTown(sessionOf(owner), { merchants, cards });
  const pool = openPool(url, 2);
  const clearing = await openTownClearing(url, pool);
  const reports = await startReport(url);
  try {
    await loadTown(clearing, { cards, amountFen: 100_000_000n });
    const next = payer(clearing);
    await payUntil(next, inFlight.filling, (paid) => paid >= before);
    await owner.query('analyze idempotency.outcomes');
    const untilMs = performance.now() + normalMs;
    const normal = await payUntil(next, inFlight.measured, () => performance.now() >= untilMs);
    let isOver = false;
    const startedAtMs = performance.now();
    reports.begin();
    const migrating = migrate(url, folder).finally(() => {
      isOver = true;
    });
    const during = await payUntil(next, inFlight.measured, () => isOver);
    await migrating;
    const migrationMs = Math.round(performance.now() - startedAtMs);
    const { rows } = await owner.query('select count(*)::int as n from idempotency.outcomes');
    const client = await owner.connect();
    const problems = await sampleProblems(client as unknown as pg.Client);
    client.release();
    if (during.longestMs > normal.longestMs + addedWaitMaxMs)
      problems.push(`a payment waited ${during.longestMs} ms during the migration`);
    return { outcomes: rows[0].n, migrationMs, normal, during, problems };
  } finally {
    await reports.end();
    await clearing.close();
    await Promise.all([pool.end(), owner.end()]);
  }
}

function openTownClearing(url: string, pool: pg.Pool): Promise<Clearing> {
  return openClearing({
    ...{ url, pool, lanes: 2, groupSizeMax: 512, queueLengthMax: 8_192 },
    ...{ requestTimeoutMs: 10_000, groupTimeoutMs: 10_000 },
    watch: {
      groupCleared: () => undefined,
      groupRunAgain: () => undefined,
      answeredEarly: () => undefined,
      fault: (error) => console.error('clearing:', error),
    },
  });
}

/** Pays once; gives how long that took. */
function payer(clearing: Clearing): () => Promise<number> {
  let n = 0;
  return async () => {
    n += 1;
    const request = townRequest(n % 1_000_000, {
      card: cardRef(n % cards),
      terminalId: merchantTerminal(1 + (n % merchants)),
      amountFen: fen(1n),
      localDate: '2026-11-22',
    });
    const startedAtMs = performance.now();
    const answer = await clearing.submit({ request, isRepeat: false });
    if (answer.status !== 'decided' || answer.refusal !== null)
      throw new Error(`a payment was answered ${JSON.stringify(answer)}`);
    return performance.now() - startedAtMs;
  };
}

/** So many pay one after the other until it is over. */
async function payUntil(
  pay: () => Promise<number>,
  inFlightCount: number,
  isOver: (paid: number) => boolean,
): Promise<Waits> {
  const waits: number[] = [];
  const client = async () => {
    while (!isOver(waits.length)) waits.push(await pay());
  };
  await Promise.all(Array.from({ length: inFlightCount }, client));
  waits.sort((a, b) => a - b);
  const at = (share: number) => Math.round((waits[Math.floor(waits.length * share)] ?? 0) * 10) / 10;
  const longestMs = Math.round(waits.at(-1) ?? 0);
  return { payments: waits.length, p50Ms: at(0.5), p99Ms: at(0.99), longestMs };
}

interface Reports {
  begin(): void;
  end(): Promise<void>;
}

/** Reads the table in transactions, again and again, once it is told to begin. */
async function startReport(url: string): Promise<Reports> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  let isOver = false;
  let reading: Promise<void> | null = null;
  const read = async () => {
    while (!isOver) {
      await client.query('begin; select id from idempotency.outcomes limit 1');
      await sleep(report.holdsMs);
      await client.query('commit');
      await sleep(report.pausesMs);
    }
  };
  return {
    begin: () => {
      reading = read();
    },
    end: async () => {
      isOver = true;
      await reading;
      await client.end();
    },
  };
}
