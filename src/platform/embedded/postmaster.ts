import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { type DataFolder, ownerName } from './data-folder.ts';
import { commandLine, isAlive } from './process-life.ts';

/** A server process as its lock file `postmaster.pid` names it. */
export type Postmaster = { pid: number; port: number };

/**
 * The server that holds the cluster now, if one lives. A lock file whose process is gone, or is another
 * program that got the same number after a reboot, is removed: PostgreSQL would take it for a living server.
 */
export function readPostmaster(folder: DataFolder): Postmaster | undefined {
  const lockFile = join(folder.cluster, 'postmaster.pid');
  let lines: string[];
  try {
    lines = readFileSync(lockFile, 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!(pid > 0 && port > 0)) return undefined;
  if (isAlive(pid) && (commandLine(pid) ?? folder.cluster).includes(folder.cluster)) return { pid, port };
  rmSync(lockFile, { force: true });
  return undefined;
}

/** Starts the server in a session of its own, so that Ctrl-C in the terminal reaches only us. */
export function spawnPostmaster(
  folder: DataFolder,
  postgres: string,
  settings: readonly string[],
): ChildProcess {
  const log = openSync(folder.startLog, 'a', 0o600);
  try {
    const child = spawn(postgres, ['-D', folder.cluster, ...settings], {
      ...(folder.user ?? {}),
      cwd: '/',
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
      detached: true,
      stdio: ['ignore', log, log],
    });
    // A failed spawn shows as an absent pid; without a listener it would end our process instead.
    child.on('error', () => undefined);
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/** 'ready' if the server at the port is this cluster's and answers; else the error code of the attempt. */
export async function probe(folder: DataFolder, port: number): Promise<string> {
  const client = new pg.Client({
    connectionString: urlOf(folder, port, 'postgres'),
    connectionTimeoutMillis: 5000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const shown = await client.query<{ data_directory: string }>('show data_directory');
    return shown.rows[0]?.data_directory === folder.cluster ? 'ready' : 'another-server';
  } catch (error) {
    return (error as { code?: string }).code ?? 'unreachable';
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The connection URL of a database on this folder's server. */
export function urlOf(folder: DataFolder, port: number, database: string): string {
  return `postgresql://${ownerName}:${folder.password}@127.0.0.1:${port}/${database}`;
}

/** The preferred port if it is free, else one that the system chooses. */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await tryListen(preferred)) !== undefined) return preferred;
  const chosen = await tryListen(0);
  if (chosen === undefined) throw new Error('no free port on 127.0.0.1');
  return chosen;
}

function tryListen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}
