import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#platform/embedded-postgres.ts';
import { connectLane, openOwnerPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { migrate } from '#platform/schema/migrate.ts';
import { sessionName } from '#platform/schema/rules/generation.ts';
import { buildTown, cardRef, town, townRequest } from '#testing/town.ts';
import { clear } from './clear.ts';
import { keepReference } from './reference.ts';

let folder: string;
let server: EmbeddedPostgres;
let owner: Pool;
let admin: pg.Client;

/** A server of its own: every commit on it waits for a standby that there is not. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'one-card-standby-'));
  chmodSync(folder, 0o711);
  server = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), sharedBuffersMb: 32 });
  await migrate(server.url);
  owner = openOwnerPool(server.url);
  await buildTown(sessionOf(owner), { merchants: 1, cards: 1 });
  admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
});
afterAll(async () => {
  await setStandby('');
  await admin.end();
  await owner.end();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function setStandby(name: string): Promise<void> {
  await admin.query(`alter system set synchronous_standby_names = '${name}'`);
  await admin.query('select pg_reload_conf()');
  // The server takes it up when it comes to it; whoever connects then finds it.
  await vi.waitFor(async () => expect(await standbyOfNewSession()).toBe(name), { timeout: 30_000 });
}

async function standbyOfNewSession(): Promise<string> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `select current_setting('synchronous_standby_names') as name`,
  );
  await client.end();
  return rows[0]?.name ?? '';
}

async function openLaneOn() {
  const connection = await connectLane({
    url: server.url,
    idleInTransactionMs: 30_000,
    connectTimeoutMs: 5_000,
  });
  const reference = (await keepReference(sessionOf(owner))).current();
  const options = { lane: 7, head: null, reference, clock: (nowMs: number) => nowMs };
  return {
    connection,
    pay: (request: ReturnType<typeof townRequest>) => clear(connection, [request], options),
  };
}
const isAnswered = (answer: Promise<unknown>) =>
  Promise.race([answer.then(() => true), sleep(1_000).then(() => false)]);

test('a repeat is not answered before the standby has what it repeats', async () => {
  // Declined, and pinned as such: enough to be repeated.
  const request = townRequest(1, { card: cardRef(0), localDate: town.firstDay });
  await setStandby('nobody');
  const first = await openLaneOn();
  const lost = first.pay(request).catch(() => 'lost');
  // Its session is ended in the middle of its wait: it is committed here, and on no standby.
  const end = `select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = '${sessionName('lane')}' and wait_event = 'SyncRep'`;
  await expect.poll(async () => (await admin.query(end)).rowCount, { timeout: 30_000 }).toBe(1);
  expect(await lost).toBe('lost');
  const known = await admin.query('select count(*)::int as n from idempotency.outcomes');
  expect(known.rows).toEqual([{ n: 1 }]);
  const second = await openLaneOn();
  const repeated = second.pay(request);
  expect(await isAnswered(repeated)).toBe(false);
  await setStandby('');
  const answer = await repeated;
  expect('decisions' in answer && answer.decisions[0]).toMatchObject({ status: 'decided', replay: true });
  await second.connection.end();
});
