import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readConfig } from '#platform/config.ts';
import { isAlive } from '#platform/embedded/process-life.ts';
import { makeFolder } from '#platform/files/make-folder.ts';
import { openLog } from '#platform/log.ts';
import { type Database, openDatabase } from './database.ts';

const dataDir = join(tmpdir(), `one-card-database-${process.pid}`);
let database: Database;

beforeAll(async () => {
  makeFolder(dataDir);
  database = await openDatabase(readConfig({ DATA_DIR: dataDir }));
  database.watch(openLog('silent'));
});
afterAll(async () => {
  await database.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** The server's process, or 0 while it has not said it: a start takes the old file away first. */
function serverPid(): number {
  const file = join(dataDir, 'postgresql/postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0;
}

async function answers(): Promise<boolean> {
  const client = new pg.Client({ connectionString: database.url });
  client.on('error', () => undefined);
  const answered = await client.connect().then(
    () => true,
    () => false,
  );
  await client.end().catch(() => undefined);
  return answered;
}

test('an embedded database that is killed is started again at the same address, and stopped with the service', async () => {
  const before = serverPid();
  process.kill(before, 'SIGKILL');
  await vi.waitUntil(async () => ![0, before].includes(serverPid()) && (await answers()), {
    timeout: 20_000,
    interval: 100,
  });
  const after = serverPid();
  expect(isAlive(after)).toBe(true);
  await database.stop();
  expect(isAlive(after)).toBe(false);
});
