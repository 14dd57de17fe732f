import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { readManifest } from '#platform/backup/manifest.ts';
import { readConfig } from '#platform/config.ts';
import { startEmbeddedPostgres } from '#platform/embedded-postgres.ts';
import { dumpSchema } from '#platform/schema/schema-dump.ts';
import { backupBooks } from '#start/commands/books/backup-books.ts';
import { restoreBooks } from '#start/commands/books/restore-books.ts';
import { type Told, verifyBooks } from '#start/commands/books/verify-books.ts';
import { errorToPrint, readArguments, withinLimits } from '#testing/read-arguments.ts';
import { type Books, openBooks } from './drill/books.ts';

/**
 * The drill of the bad night, whole: books are filled, backed up while payments go on, restored elsewhere, proved and
 * compared. `npm run drill -- [--payments 20000]`. Ends with 1 when anything is missing or wrong.
 */
async function drill(payments: number): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'one-card-drill-'));
  chmodSync(folder, 0o755);
  const masterKey = randomBytes(32).toString('hex');
  let books: Books | undefined;
  try {
    books = await openBooks(join(folder, 'books'), masterKey);
    const opened = books;
    await timed(`${payments.toLocaleString('en')} payments are made`, () => opened.pay(payments, atOnce));
    const backup = join(folder, 'backup');
    const { before, after } = await backUpUnderTraffic(opened, {
      backup,
      masterKey,
      dataDir: join(folder, 'books'),
    });
    const restored = join(folder, 'restored');
    const config = readConfig({ MASTER_KEY: masterKey, DATA_DIR: restored });
    await timed('restored into an empty folder', () =>
      restoreBooks(config, { folder: backup, url: undefined, dataDir: restored, verify: false }, told),
    );
    const isRight = await timed('the restored books are proved', () => verifyBooks(config, told));
    return (await compare(opened, restored, { before, after, backup })) && isRight;
  } finally {
    await books?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const atOnce = 512;
const trafficAtOnce = 64;
const trafficLeadMs = 500;

const say = (text: string) => process.stdout.write(`${text}\n`);
const told: Told = {
  say: (text) => say(text.trimEnd().replace(/^/gm, '    ')),
  progress: { write: () => undefined, redraws: true },
};

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const startedMs = performance.now();
  const result = await work();
  say(`${((performance.now() - startedMs) / 1_000).toFixed(1).padStart(7)} s  ${what}`);
  return result;
}

interface Traffic {
  /** Answered before the backup began: all of these must be in it. */
  readonly before: readonly bigint[];
  /** How many more were answered while it was made. */
  readonly after: number;
}

async function backUpUnderTraffic(
  books: Books,
  {
    backup,
    masterKey,
    dataDir,
  }: { readonly backup: string; readonly masterKey: string; readonly dataDir: string },
): Promise<Traffic> {
  const traffic = books.payOn(trafficAtOnce);
  await sleep(trafficLeadMs);
  const before = [...books.answered()];
  const startedMs = performance.now();
  await timed('backed up while payments went on', () =>
    backupBooks(readConfig({ MASTER_KEY: masterKey, DATA_DIR: dataDir }), backup, told),
  );
  const after = books.answered().length - before.length;
  const perSecond = (after / (performance.now() - startedMs)) * 1_000;
  await traffic.stop();
  const bytes = readdirSync(backup).reduce((sum, file) => sum + statSync(join(backup, file)).size, 0);
  say(
    `           ${after.toLocaleString('en')} payments meanwhile (${perSecond.toFixed(0)}/s); ` +
      `${(bytes / Math.max(1, before.length)).toFixed(0)} bytes of backup a payment`,
  );
  return { before, after };
}

/** What the restored books have against what was answered, and their shape against the first ones. */
async function compare(
  books: Books,
  restored: string,
  { before, after, backup }: Traffic & { readonly backup: string },
): Promise<boolean> {
  const server = await startEmbeddedPostgres({ dataDir: restored });
  const client = new pg.Client({ connectionString: server.url });
  try {
    await client.connect();
    const missing = await countMissing(client, before);
    const found = await client.query<{ count: number }>(
      'select count(*)::int as count from idempotency.outcomes',
    );
    const written = readManifest(backup).tables.find(({ name }) => name === 'outcomes')?.rows;
    const isSameShape = (await dumpSchema(server.url)) === (await dumpSchema(books.server.url));
    say(
      `           ${before.length.toLocaleString('en')} answered before the backup began, ${missing} of them missing`,
    );
    say(
      `           ${found.rows[0]?.count.toLocaleString('en')} outcomes restored of ${written?.toLocaleString('en')} backed up; schema ${isSameShape ? 'the same' : 'DIFFERENT'}`,
    );
    if (after === 0) say('           NO PAYMENT WAS MADE DURING THE BACKUP: nothing was shown');
    return missing === 0 && found.rows[0]?.count === written && isSameShape && after > 0;
  } finally {
    await client.end();
    await server.stop();
  }
}

async function countMissing(client: pg.Client, ids: readonly bigint[]): Promise<number> {
  const found = await client.query<{ count: number }>(
    `select count(*)::int as count from unnest($1::bigint[]) a(id)
     where not exists (select from idempotency.outcomes o where o.id = a.id)`,
    [ids.map(String)],
  );
  return found.rows[0]?.count ?? ids.length;
}

try {
  const read = readArguments(process.argv.slice(2), { payments: { type: 'string', default: '20000' } });
  const isGood = await drill(withinLimits(read.payments, { name: 'payments', max: 20_000_000 }));
  say(isGood ? 'The drill is passed. 演练通过' : 'THE DRILL FAILED. 演练失败');
  process.exitCode = isGood ? 0 : 1;
} catch (error) {
  console.error(errorToPrint(error));
  process.exitCode = 1;
}
