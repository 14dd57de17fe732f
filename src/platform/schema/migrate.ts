import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { StartError } from '#platform/start-error.ts';
import { type Migration, readMigrations } from './migration-files.ts';
import { contractsFrom, generationOf } from './rules/generation.ts';
import { readJournal, runMigration } from './run-migration.ts';

/** The committed migrations. */
const migrationsFolder = join(import.meta.dirname, '../../../drizzle');
const connectLimitMs = 10_000;
/** How long one instance waits for another that is migrating: an index on the journal of a year takes its time. */
const turnLimitMs = 60 * 60_000;
const turnPollMs = 50;
/** Any number will do, as long as every instance takes the same. */
const migrationLock = 4_601_001;

/** Roles belong to the whole server, the advisory lock to one database: so two may still try to create it. */
const createAppRole = `
do $$
begin
  if not exists (select from pg_roles where rolname = 'one_card_app') then
    create role one_card_app nologin;
  end if;
  if not pg_has_role(current_user, 'one_card_app', 'member') then
    grant one_card_app to current_user;
  end if;
exception when duplicate_object or unique_violation then
  null;
end $$`;

/**
 * Brings the database to the newest schema, beside traffic of the version before. Instances that start at once
 * wait for each other. Gives the names of what drops something that a session of the version before still uses: it is
 * left for a start at which there is none. Throws StartError when the server is not reachable, too old, the user may
 * not create our role, or a table's lock is not to be had.
 */
export async function migrate(url: string, folder = migrationsFolder): Promise<string[]> {
  const client = await connect(url);
  try {
    await requireVersion(client);
    await takeTurn(client);
    await ensureAppRole(client);
    const done = await readJournal(client);
    const left: string[] = [];
    for (const migration of readMigrations(folder).filter(({ when }) => !done.has(when))) {
      if (await isInUse(client, migration)) left.push(migration.tag);
      else await runMigration(client, migration);
    }
    return left;
  } finally {
    // Ending the session frees the lock too.
    await client.end();
  }
}

/** Whether it drops what a session of this database asks for that is of a version before. */
async function isInUse(client: pg.Client, { sql }: Migration): Promise<boolean> {
  const from = contractsFrom(sql);
  if (from === null) return false;
  const { rows } = await client.query<{ name: string }>(
    'select distinct application_name as name from pg_stat_activity where datname = current_database()',
  );
  return rows.some(({ name }) => (generationOf(name) ?? from) < from);
}

/**
 * Throws StartError where the database has not had all of the committed migrations, but for those that only drop what
 * the version before used. For a command that only reads: it would stop at the first table that is not there yet,
 * maybe after an hour of work.
 */
export async function requireNewestSchema(url: string, folder = migrationsFolder): Promise<void> {
  const client = await connect(url);
  try {
    const known = await client.query<{ there: boolean }>(
      `select to_regclass('drizzle.__drizzle_migrations') is not null as there`,
    );
    const found =
      known.rows[0]?.there === true
        ? await client.query<{ at: string }>('select created_at as at from drizzle.__drizzle_migrations')
        : { rows: [] };
    const done = new Set(found.rows.map(({ at }) => Number(at)));
    const missing = readMigrations(folder).filter(
      ({ when, sql }) => !done.has(when) && contractsFrom(sql) === null,
    );
    if (missing.length === 0) return;
    throw new StartError(
      `数据库结构尚缺 ${missing.length} 次迁移(自 ${missing[0]?.tag} 起):请先以本版本运行 npm start。The database lacks ${missing.length} migrations of this version, from ${missing[0]?.tag} on: run npm start of this version first.`,
    );
  } finally {
    await client.end();
  }
}

/**
 * The check value of the master key that the books were set up with; null for books that are new. Writes nothing and
 * asks nothing of the schema, so that it can be known before anything is done to the database.
 */
export async function readKeyCheckValue(url: string): Promise<string | null> {
  const client = await connect(url);
  try {
    await requireVersion(client);
    const known = await client.query<{ there: boolean }>(
      `select to_regclass('platform.data_set') is not null as there`,
    );
    if (known.rows[0]?.there !== true) return null;
    const kept = await client.query<{ key: string | null }>(
      'select key_check_value as key from platform.data_set',
    );
    return kept.rows[0]?.key ?? null;
  } finally {
    await client.end();
  }
}

async function connect(url: string): Promise<pg.Client> {
  let where = 'the address in DATABASE_URL';
  try {
    const { host, pathname } = new URL(url);
    where = `${host}${pathname}`;
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectLimitMs });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  } catch (error) {
    const code = (error as { code?: string }).code ?? 'no answer';
    throw new StartError(`The database at ${where} cannot be reached (${code}): check DATABASE_URL.`);
  }
}

async function requireVersion(client: pg.Client): Promise<void> {
  const shown = await client.query<{ number: number; name: string }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as name`,
  );
  const version = shown.rows[0];
  if (!version || version.number < 150_000) {
    throw new StartError(`PostgreSQL 15 or newer is needed; this one is ${version?.name ?? 'unknown'}.`);
  }
}

/**
 * One instance at a time. It asks again and again instead of waiting in the server: an index that is built
 * concurrently waits for every statement under way, and so would wait for those that wait for it.
 */
async function takeTurn(client: pg.Client): Promise<void> {
  const deadline = Date.now() + turnLimitMs;
  for (;;) {
    const asked = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [
      migrationLock,
    ]);
    if (asked.rows[0]?.mine === true) return;
    if (Date.now() > deadline)
      throw new StartError(
        'Another instance has been migrating the database for an hour: look after it first.',
      );
    await sleep(turnPollMs);
  }
}

async function ensureAppRole(client: pg.Client): Promise<void> {
  try {
    await client.query(createAppRole);
  } catch (error) {
    if ((error as { code?: string }).code !== '42501') throw error;
    throw new StartError(
      'The database user may not create the role one_card_app: let an administrator create it.',
      {
        cause: error,
      },
    );
  }
}
