import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as runMigrations } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { StartError } from '#platform/start-error.ts';

/** The committed migrations. */
const migrationsFolder = join(import.meta.dirname, '../../../drizzle');
const connectLimitMs = 10_000;
/** How long one instance waits for another that is migrating, and a migration for a table lock. */
const lockLimit = '120s';
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
 * Brings the database to the newest schema. Instances that start at once wait for each other.
 * Throws StartError when the server is not reachable, too old, or the user may not create our role.
 */
export async function migrate(url: string, folder = migrationsFolder): Promise<void> {
  const client = await connect(url);
  try {
    await requireVersion(client);
    await client.query(`set lock_timeout = '${lockLimit}'`);
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    await ensureAppRole(client);
    await runMigrations(drizzle(client), { migrationsFolder: folder });
  } finally {
    // Ending the session frees the lock too.
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
