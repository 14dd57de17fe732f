import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { whatIsLeft } from '#bills/what-is-left.ts';
import { findHistoryEntries, readHistory } from '#ledger/history.ts';
import { listDayEntries } from '#ledger/look/day-entries.ts';
import { addPartitionsAhead } from '#ledger/partitions/add-ahead.ts';
import { packNext } from '#ledger/partitions/pack.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#platform/embedded-postgres.ts';
import { openPool, type Pool, type Session, sessionOf } from '#platform/postgres.ts';
import { migrate } from '#platform/schema/migrate.ts';
import { closeDay } from '#settlement/close-day.ts';
import { readDay } from '#settlement/day-report.ts';
import { readLamp } from '#settlement/live/lamp.ts';
import { lookOnce } from '#settlement/live/look.ts';
import { readCounted, sumBatches } from '#terminals/batches/store.ts';
import { playBusyHistory } from '#testing/history/busy-history.ts';
import { openInstance, openPlayer } from '#testing/history/players.ts';
import { buildTown, cardRef, merchantTerminal, town } from '#testing/town.ts';
import { readOwnDays, readOwnKinds } from '#webhooks/figures/day-store.ts';
import { findOwnTransaction, readOwnPage } from '#webhooks/figures/store.ts';

let server: EmbeddedPostgres;
let owner: pg.Pool;
let pool: Pool;
let second: string;
const folder = mkdtempSync(join(tmpdir(), 'one-card-many-days-'));
const oldDays = 400;
/** What any statement of the service may lock: a tenth of what the journal of these days has. */
const locksMax = 250;

/** A busy first day after 400 that were empty, on a server with the locks that it has if nobody says anything. */
beforeAll(async () => {
  chmodSync(folder, 0o755);
  server = await startEmbeddedPostgres({
    dataDir: join(folder, 'data'),
    sharedBuffersMb: 64,
    extraSettings: {
      max_locks_per_transaction: '64',
      // The room for locks is that many for each connection there may be.
      ...{
        max_connections: '12',
        max_wal_senders: '0',
        max_worker_processes: '0',
        autovacuum_worker_slots: '1',
      },
      ...{ autovacuum_max_workers: '1', io_method: 'sync', fsync: 'off' },
    },
  });
  await migrate(server.url);
  owner = new pg.Pool({ connectionString: server.url, max: 2 });
  // The server may stop before the end of a connection has come to it.
  owner.on('connect', (client) => client.on('error', () => undefined));
  owner.on('error', () => undefined);
  pool = openPool(server.url, 4);
  await buildTown(sessionOf(owner), { merchants: 3, cards: 12 });
  for (let day = oldDays; day > 0; day--)
    await owner.query(`insert into ledger.business_days values ($1::date - $2::int, now(), now())`, [
      town.firstDay,
      day,
    ]);
  await playBusyHistory({ url: server.url, pool, lanes: 2, groupSizeMax: 8 });
  const closed = await closeDay(pool, town.firstDay);
  if (typeof closed === 'string') throw new Error(closed);
  second = closed.nextDate;
  const instance = await openInstance({ url: server.url, pool, lanes: 2 });
  const player = openPlayer(instance, second);
  for (let card = 0; card < 12; card++) await player.send({ card: cardRef(card) });
  await instance.close();
}, 120_000);

afterAll(async () => {
  await Promise.all([owner?.end(), pool?.end()]);
  await server?.stop();
  rmSync(folder, { recursive: true });
});

/** Whatever runs on it runs eight times, as often as it takes PostgreSQL to keep a plan; the most it locked is kept. */
async function locksOf(work: (session: Session) => Promise<unknown>): Promise<number> {
  const client = await pool.connect();
  let most = 0;
  const session: Session = {
    run: async (statement, values) => {
      await client.query('begin');
      const answered = await sessionOf(client).run(statement, values);
      const { rows } = await client.query(
        `select count(*) as locks from pg_locks where pid = pg_backend_pid() and locktype = 'relation'`,
      );
      await client.query('commit');
      most = Math.max(most, Number(rows[0].locks));
      return answered;
    },
  };
  try {
    for (let time = 0; time < 8; time++) await work(session);
    return most;
  } finally {
    client.release();
  }
}

const account = cardRef(0).cardAccountId;
const lastEntry = async (kind: string) => {
  const { rows } = await pool.query(
    `select e.id, e.owner_id, e.bucket from ledger.entries e where ${kind} order by id desc limit 1`,
  );
  return rows[0] as { id: bigint; owner_id: bigint; bucket: number };
};

describe('400 days on a server with its usual locks', () => {
  test('are too many to be locked at once: what follows is not so by chance', async () => {
    await expect(
      pool.query('select count(*) from ledger.entries e join ledger.postings p on p.entry_id = e.id'),
    ).rejects.toMatchObject({ code: '53200' });
  });

  test('are looked through for a history, to its end', async () => {
    const client = await pool.connect();
    const all = await readHistory(sessionOf(client), account, { before: null, limit: 100 });
    client.release();
    expect(all.length).toBeGreaterThan(3);
    expect(all.length).toBeLessThan(100);
    expect(
      await locksOf((session) => readHistory(session, account, { before: null, limit: 100 })),
    ).toBeLessThan(locksMax);
    const ids = all.map(({ id }) => id);
    expect(await locksOf((session) => findHistoryEntries(session, account, ids))).toBeLessThan(locksMax);
  });

  test('are not locked for what staff and participants look at', async () => {
    const asked = {
      businessDate: town.firstDay,
      participantId: 1,
      billedBy: [],
      kind: null,
      after: null,
      limit: 50,
      nowMs: Date.now(),
    };
    const locks = {
      items: await locksOf((session) => listDayEntries(session, asked)),
      page: await locksOf((session) => readOwnPage(session, { ...asked, after: 0n })),
      days: await locksOf((session) => readOwnDays(session, 1, { from: town.firstDay, to: second })),
      kinds: await locksOf((session) => readOwnKinds(session, 1, { from: town.firstDay, to: second })),
    };
    expect(Object.entries(locks).filter(([, count]) => count >= locksMax)).toEqual([]);
    const {
      id,
      bucket,
      owner_id: cardAccountId,
    } = await lastEntry(`participant_id = 1 and business_date = '${second}'`);
    expect(
      await locksOf((session) => findOwnTransaction(session, 1, { bucket, cardAccountId, id })),
    ).toBeLessThan(locksMax);
    expect(await readDay(pool, town.firstDay)).toMatchObject({ businessDate: town.firstDay });
  });

  test('are not locked for the totals of a terminal, nor for what is left of a bill', async () => {
    const keys = [{ terminalId: merchantTerminal(1), batchNumber: 1 }];
    const below = 2n ** 62n;
    expect(await locksOf((session) => sumBatches(session, keys, below))).toBeLessThan(locksMax);
    expect(
      await locksOf((session) => readCounted(session, keys, { countedBelow: below, limit: 10 })),
    ).toBeLessThan(locksMax);
    const { id, owner_id } = await lastEntry(`kind = 1 and business_date = '${second}'`);
    expect(
      await locksOf((session) => whatIsLeft(session, { cardAccountId: owner_id, entryId: id })),
    ).toBeLessThan(locksMax);
  });

  test('let the books be watched, days be closed and partitions be kept', async () => {
    const chain = { newMs: 5_000, againMs: 5_000 };
    for (let look = 0; look < 3; look++)
      await lookOnce({ pool, queues: [], pauseMs: 15_000, chain, atOnce: true });
    expect(await readLamp(sessionOf(pool))).toMatchObject({ state: 'green' });
    expect(await closeDay(pool, second)).toMatchObject({ businessDate: second });
    expect(await addPartitionsAhead(sessionOf(pool), 3)).toBeGreaterThan(0);
    expect(await packNext(pool)).toContain('ledger.');
  });
});
