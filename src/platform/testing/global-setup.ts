import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '#platform/embedded-postgres.ts';
import { migrate } from '#platform/schema/migrate.ts';
import { type RedisServer, startRedis } from './test-redis.ts';

declare module 'vitest' {
  /** What the set-up hands to every test file. */
  export interface ProvidedContext {
    databaseUrl: string;
    redisUrl: string;
    /** How much the long tests do: little in CI, MODEL_REQUESTS, RACE_ROUNDS, FUZZ_REQUESTS and FUZZ_FRAMES for more. */
    modelRequests: number;
    raceRounds: number;
    fuzzRequests: number;
    fuzzFrames: number;
    /** Which requests and frames they are. */
    fuzzSeed: number;
  }
}

const templateName = 'one_card_template';

/**
 * One real PostgreSQL and one real Redis for the whole run, both stopped by their process at its end.
 * TEST_DATABASE_URL (a superuser's, or one that may create databases) takes the place of the embedded server.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const database = await openDatabase(process.env['TEST_DATABASE_URL']);
  let redis: RedisServer | undefined;
  // Ctrl-C ends vitest without the tear-down; a signal by process id is all that can be done in time.
  const atExit = () => {
    if (redis) signal(redis.pid, 'SIGKILL');
    database.abandon();
  };
  process.once('exit', atExit);
  const tearDown = async () => {
    process.off('exit', atExit);
    await redis?.stop();
    await database.stop();
  };
  try {
    redis = await startRedis();
    await makeTemplate(database.url);
    project.provide('databaseUrl', database.url);
    project.provide('redisUrl', redis.url);
    project.provide('modelRequests', Number(process.env['MODEL_REQUESTS'] ?? 4_000));
    project.provide('raceRounds', Number(process.env['RACE_ROUNDS'] ?? 40));
    project.provide('fuzzRequests', Number(process.env['FUZZ_REQUESTS'] ?? 6_000));
    project.provide('fuzzFrames', Number(process.env['FUZZ_FRAMES'] ?? 50_000));
    project.provide('fuzzSeed', Number(process.env['FUZZ_SEED'] ?? 46));
    return tearDown;
  } catch (error) {
    await tearDown();
    throw error;
  }
}

interface Database {
  url: string;
  stop(): Promise<void>;
  /** Ends the server without waiting for it. */
  abandon(): void;
}

async function openDatabase(given: string | undefined): Promise<Database> {
  if (given) return { url: given, stop: async () => undefined, abandon: () => undefined };
  const folder = mkdtempSync(join(tmpdir(), 'one-card-test-'));
  chmodSync(folder, 0o711);
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), sharedBuffersMb: 128 });
  const stop = async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const abandon = () => {
    signal(server.pid, 'SIGQUIT');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  return { url: server.url, stop, abandon };
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Already gone.
  }
}

/** The schema is made once; each test file copies it, which takes a fifteenth of a second. */
async function makeTemplate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`drop database if exists ${templateName}`);
  await client.query(`create database ${templateName}`);
  await client.end();
  const template = new URL(url);
  template.pathname = `/${templateName}`;
  const migrations = join(import.meta.dirname, '../../../drizzle/meta/_journal.json');
  if (existsSync(migrations)) await migrate(template.href);
}
