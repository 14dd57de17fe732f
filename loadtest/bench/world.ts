import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { demoSealedMasterKey } from '#demo/sign-ins.ts';
import { startEmbeddedPostgres } from '#platform/embedded-postgres.ts';
import { sessionOf } from '#platform/postgres.ts';
import { migrate } from '#platform/schema/migrate.ts';
import { openSecrets } from '#platform/secrets.ts';
import { buildTown } from '#testing/town.ts';
import { terminalKeyOf } from './http/signed-request.ts';
import { useLog } from './run/use-log.ts';
import { type Sequence, startSequence, traffic } from './workload.ts';

/** What all parts stand on: one PostgreSQL with one town, and the order in which everything is closed. */
export interface World {
  readonly url: string;
  /** Of the run's own keys: made for it, and gone with it. */
  readonly masterKeyHex: string;
  readonly postgresPid: number;
  /** Where the server keeps its files; gone with the run. */
  readonly dataDir: string;
  readonly cards: number;
  /** Connections of the books' owner, for set-up and checks. */
  readonly owner: pg.Pool;
  readonly sequence: Sequence;
  /** Says how something is closed; the last that was opened is closed first. */
  onClose(close: () => unknown): void;
}

type Close = () => unknown;

/** Closers of all that runs, so that Ctrl-C in the middle of a start still stops what was started. */
const closers: Close[] = [];
let closing: Promise<void> | null = null;

/** From here on what is cut off in the middle is no news. */
export const isClosing = () => closing !== null;

/** Stops everything that was started. Ctrl-C and the run's own end may both ask: it is done once, in order. */
export function closeWorld(): Promise<void> {
  closing ??= closeAll();
  return closing;
}

/** By pid or handle, the last started first; a closer that fails does not keep the others. */
async function closeAll(): Promise<void> {
  for (let close = closers.pop(); close !== undefined; close = closers.pop()) {
    try {
      await close();
    } catch (error) {
      console.error('not closed:', error);
    }
  }
}

/** Segments of the log that are used again: enough for a gigabyte of changes, and for those of a long run. */
const logSegments = { usual: 64, long: 256 };
export type Run = keyof typeof logSegments;

/** Starts PostgreSQL in a folder of its own and builds the town, of so many cards. */
export async function openWorld(cards: number = traffic.cards, run: Run = 'usual'): Promise<World> {
  const onClose = (close: Close) => {
    // Started while everything is being stopped: it is stopped at once.
    if (isClosing()) void Promise.resolve(close()).catch(() => undefined);
    else closers.push(close);
  };
  const dataDir = mkdtempSync(join(tmpdir(), 'one-card-bench-'));
  // The server's own user must reach it.
  chmodSync(dataDir, 0o755);
  onClose(() => rmSync(dataDir, { recursive: true, force: true }));
  const server = await startEmbeddedPostgres({
    dataDir,
    sharedBuffersMb: 1024,
    extraSettings: { max_wal_size: '8GB', min_wal_size: '8GB', checkpoint_timeout: '30min' },
  });
  onClose(() => server.stop());
  const { url, pid: postgresPid } = server;
  const masterKeyHex = randomBytes(32).toString('hex');
  const world = await buildWorld({ url, postgresPid, dataDir, masterKeyHex, cards, onClose });
  await useLog(world.owner, logSegments[run]);
  return world;
}

/** The same town once more, without a history, in a database of its own on the same server. */
export async function openTwin(world: World, database: string): Promise<World> {
  await world.owner.query(`create database ${database}`);
  const url = new URL(world.url);
  url.pathname = `/${database}`;
  return buildWorld({ ...world, url: url.href });
}

async function buildWorld(ground: Omit<World, 'owner' | 'sequence'>): Promise<World> {
  const { url, masterKeyHex, dataDir, cards, onClose } = ground;
  await migrate(url);
  const owner = new pg.Pool({ connectionString: url, max: 4, idleTimeoutMillis: 0 });
  owner.on('error', () => undefined);
  onClose(() => owner.end());
  const secrets = openSecrets({ masterKeyHex, dataDir });
  await buildTown(sessionOf(owner), {
    merchants: traffic.merchants,
    cards,
    sealKey: (terminalId) => secrets.seal(terminalKeyOf(terminalId)),
    masterKey: (terminalId) => demoSealedMasterKey(secrets, terminalId),
    digest: secrets.cardNumberDigest,
  });
  return { ...ground, owner, sequence: startSequence() };
}
