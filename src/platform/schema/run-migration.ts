import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { StartError } from '#platform/start-error.ts';
import type { Migration } from './migration-files.ts';
import { concurrentWork } from './rules/concurrent-work.ts';
import { forEachPartition, statementFor } from './rules/for-each-partition.ts';
import {
  concurrentLockTimeoutMs,
  isWantOfLock,
  lockTimeoutMs,
  pauseBeforeRetryMs,
} from './rules/lock-retry.ts';
import { isOutsideTransaction, type MigrationStatement, statementsOf } from './rules/statements.ts';

/** Drizzle's own table, so that its tools still know where the database is; ours says how far a file is. */
const prepareJournal = `
create schema if not exists drizzle;
create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint);
create table if not exists drizzle.statements_done (
  created_at bigint, place integer, primary key (created_at, place))`;

/** On a line of its own: a statement may end in a comment. */
const endOfStatement = '\n;\n';

/** Makes the notebook of migrations and says which are in it, by their `when`. */
export async function readJournal(client: pg.Client): Promise<ReadonlySet<number>> {
  await client.query(prepareJournal);
  const found = await client.query<{ created_at: string }>(
    'select created_at from drizzle.__drizzle_migrations',
  );
  return new Set(found.rows.map((row) => Number(row.created_at)));
}

/** Runs one migration to its end and writes it down. A death at any moment leaves it whole, undone or resumable. */
export async function runMigration(client: pg.Client, migration: Migration): Promise<void> {
  if (isOutsideTransaction(migration.sql)) await runOneByOne(client, migration);
  else await runAtOnce(client, migration);
}

/**
 * The whole file goes out as one message: what stalls between its statements cannot be this process, which
 * would hold the locks of those before.
 */
async function runAtOnce(client: pg.Client, migration: Migration): Promise<void> {
  const statements = statementsOf(migration.sql).map(({ text }) => text);
  const work = ['begin', ...statements, rememberMigration(migration), 'commit'].join(endOfStatement);
  await withRetries(client, { tag: migration.tag, lockTimeoutMs }, async () => {
    await client.query(work);
  });
}

async function runOneByOne(client: pg.Client, migration: Migration): Promise<void> {
  const { when, tag } = migration;
  const found = await client.query<{ place: number }>(
    'select place from drizzle.statements_done where created_at = $1',
    [when],
  );
  const done = new Set(found.rows.map((row) => row.place));
  for (const [place, statement] of statementsOf(migration.sql).entries()) {
    if (done.has(place)) continue;
    const remember = `insert into drizzle.statements_done values (${when}, ${place})`;
    const each = forEachPartition(statement.text);
    if (each === null) await runStatement(client, tag, { ...statement, remember });
    else {
      // Never written down as done: those that the index has reached are left out, so a run that died is gone on with.
      for (const partition of await partitionsWithout(client, each))
        await runStatement(client, tag, {
          text: statementFor(statement.text, partition),
          plain: statementFor(statement.plain, partition),
        });
    }
  }
  const forget = `delete from drizzle.statements_done where created_at = ${when}`;
  await client.query(['begin', rememberMigration(migration), forget, 'commit'].join(endOfStatement));
}

interface Runnable extends Pick<MigrationStatement, 'text' | 'plain'> {
  /** What writes it down as done. */
  readonly remember?: string;
}

async function runStatement(
  client: pg.Client,
  tag: string,
  { text, plain, remember }: Runnable,
): Promise<void> {
  const done = remember === undefined ? [] : [remember];
  if (/\bconcurrently\b/.test(plain)) {
    const patient = { tag, lockTimeoutMs: concurrentLockTimeoutMs };
    await withRetries(client, patient, () => runConcurrent(client, text, plain));
    if (remember !== undefined) await client.query(remember);
  } else {
    await withRetries(client, { tag, lockTimeoutMs }, async () => {
      await client.query(['begin', text, ...done, 'commit'].join(endOfStatement));
    });
  }
}

/** The partitions of a table that have no part of this index of it, by their names. */
async function partitionsWithout(
  client: pg.Client,
  { table, index }: { readonly table: string; readonly index: string },
): Promise<string[]> {
  const found = await client.query<{ name: string }>(
    `select quote_ident(c.relname) as name from pg_inherits p join pg_class c on c.oid = p.inhrelid
     where p.inhparent = to_regclass($1) and not exists (
       select from pg_inherits x join pg_index i on i.indexrelid = x.inhrelid
       where x.inhparent = to_regclass($2) and i.indrelid = c.oid)
     order by 1`,
    [table, index],
  );
  return found.rows.map((row) => row.name);
}

/**
 * Work that goes on beside the traffic has no transaction to be whole in, so what a run that died has left is
 * looked at first: an index that is built stays, one that is half built goes, a half detached partition is finished.
 */
async function runConcurrent(client: pg.Client, text: string, plain: string): Promise<void> {
  const work = concurrentWork(plain);
  if (work.kind === 'create-index') {
    const state = await indexState(client, work);
    if (state === 'valid') return;
    if (state === 'invalid') await client.query(`drop index concurrently ${work.schema}.${work.name}`);
  }
  if (work.kind === 'drop-index' && (await indexState(client, work)) === 'missing') return;
  if (work.kind === 'detach') {
    const state = await partitionState(client, work.partition);
    if (state === 'detached') return;
    if (state === 'pending') {
      await client.query(`${text.replace(/\bconcurrently\b/i, '')} finalize`);
      return;
    }
  }
  await client.query(text);
}

async function indexState(
  client: pg.Client,
  index: { readonly schema: string; readonly name: string },
): Promise<'valid' | 'invalid' | 'missing'> {
  const found = await client.query<{ valid: boolean }>(
    'select indisvalid as valid from pg_index where indexrelid = to_regclass($1)',
    [`${index.schema}.${index.name}`],
  );
  if (found.rows[0] === undefined) return 'missing';
  return found.rows[0].valid ? 'valid' : 'invalid';
}

async function partitionState(
  client: pg.Client,
  partition: string,
): Promise<'attached' | 'pending' | 'detached'> {
  const found = await client.query<{ pending: boolean }>(
    'select inhdetachpending as pending from pg_inherits where inhrelid = to_regclass($1)',
    [partition],
  );
  if (found.rows[0] === undefined) return 'detached';
  return found.rows[0].pending ? 'pending' : 'attached';
}

interface Attempts {
  readonly tag: string;
  readonly lockTimeoutMs: number;
}

/** Tries until the locks are to be had, leaving the tables to their traffic in between. */
async function withRetries(client: pg.Client, attempts: Attempts, work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query(`set lock_timeout = ${attempts.lockTimeoutMs}`);
      return await work();
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      const code = (error as { code?: string }).code;
      const pauseMs = pauseBeforeRetryMs(attempt, code);
      if (pauseMs === null) throw explain(error, attempts.tag, code);
      await sleep(pauseMs);
    }
  }
}

function explain(error: unknown, tag: string, code: string | undefined): Error {
  if (isWantOfLock(code))
    return new StartError(
      `The migration ${tag} did not get its locks in two minutes: something holds a table (a report, a backup); start again when it is over.`,
      { cause: error },
    );
  return new Error(`migration ${tag} failed: ${(error as Error).message}`, { cause: error });
}

function rememberMigration({ hash, when }: Migration): string {
  return `insert into drizzle.__drizzle_migrations (hash, created_at) values ('${hash}', ${when})`;
}
