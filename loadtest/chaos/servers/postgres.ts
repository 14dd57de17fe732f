import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { waitForExit } from '#platform/embedded/process-life.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#platform/embedded-postgres.ts';
import { quietPort } from './ports.ts';
import { childrenOf, signal } from './processes.ts';

/** A PostgreSQL that can be killed, frozen and started again on its data. */
export interface ChaosPostgres {
  readonly url: string;
  /** Ends the postmaster without a word; `all` takes its children in the same moment, as a power cut does. */
  kill(all: boolean): Promise<void>;
  /** Starts it again, on the same data and port. */
  restart(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** Ends sessions by the start of their application's name; gives how many. */
  terminate(application: string): Promise<number>;
  stop(): Promise<void>;
}

const exitLimitMs = 10_000;
const settings = { sharedBuffersMb: 128, extraSettings: { max_connections: '60' } };

/** Starts the server in `dataDir`, on a port that it keeps. */
export async function startPostgres(dataDir: string): Promise<ChaosPostgres> {
  mkdirSync(dataDir, { mode: 0o755 });
  writeFileSync(join(dataDir, 'postgresql.port'), String(await quietPort()));
  const started: EmbeddedPostgres[] = [];
  let isStopped = false;
  const start = async () => {
    if (isStopped) throw new Error('the run is over');
    const next = await startEmbeddedPostgres({ dataDir, ...settings });
    started.push(next);
    return next;
  };
  let server = await start();
  let restarting: Promise<unknown> = Promise.resolve();
  let frozen: number[] = [];
  const { url } = server;
  const thaw = () => {
    for (const pid of frozen) signal(pid, 'SIGCONT');
    frozen = [];
  };
  return {
    url,
    kill: async (all) => {
      const family = all ? [server.pid, ...childrenOf(server.pid)] : [server.pid];
      for (const pid of family) signal(pid, 'SIGKILL');
      if (!(await waitForExit(server.pid, exitLimitMs))) throw new Error('PostgreSQL survived SIGKILL');
    },
    restart: async () => {
      const starting = start();
      restarting = starting.catch(() => undefined);
      server = await starting;
      if (server.url !== url) throw new Error('PostgreSQL lost its port to another program');
    },
    freeze: () => {
      // The postmaster first, so that it starts no child that we would miss.
      signal(server.pid, 'SIGSTOP');
      frozen = [server.pid, ...childrenOf(server.pid)];
      for (const pid of frozen) signal(pid, 'SIGSTOP');
    },
    thaw,
    terminate: (application) => terminate(url, application),
    stop: async () => {
      isStopped = true;
      thaw();
      // What is just coming up would otherwise outlive us.
      await restarting;
      // Each start holds the server; the last that lets go stops it.
      for (const { stop } of started) await stop();
    },
  };
}

async function terminate(url: string, application: string): Promise<number> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rowCount } = await client.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1',
      [application],
    );
    return rowCount ?? 0;
  } finally {
    await client.end();
  }
}
