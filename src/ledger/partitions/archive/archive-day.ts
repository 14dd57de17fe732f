import { join } from 'node:path';
import { inTransaction, type Pool, type PoolClient, sessionOf } from '#platform/postgres.ts';
import { StartError } from '#platform/start-error.ts';
import { type DayFile, readDayFile, writeDayFile } from './day-file.ts';
import { entryLineSql, postingLineSql, sameSums } from './rules/day-file.ts';
import { lockJournalAlone, takeTurn } from './turn.ts';

/** A day that is in a file now. */
export interface Archived extends DayFile {
  readonly businessDate: string;
  /** Its name in the folder. */
  readonly file: string;
}

const pageRows = 5_000;

// Days leave in their order, so that what is archived is always the beginning of the books. Days from before the journal was partitioned share the first partition: they leave together.
const next = `
  with bound as (
    select (regexp_match(pg_get_expr(relpartbound, oid), 'TO \\(''([0-9-]+)''\\)'))[1]::date as day
    from pg_class where oid = to_regclass('ledger.postings_before')),
  first as (
    select min(d.business_date) as day from ledger.business_days d
    where not exists (select from ledger.archived_days a where a.business_date = d.business_date)),
  leaving as (
    select d.business_date, d.closed_at from ledger.business_days d, first f
    where d.business_date = f.day
      or (f.day < (select day from bound) and d.business_date between f.day and (select day - 1 from bound)))
  select business_date from leaving
  where not exists (select from leaving where closed_at is null or business_date >= $1)
  order by business_date`;

/** The next closed days before this date that may leave: one, or all of the first partition of an older base, or none. */
export async function nextDaysToArchive(owner: Pool | PoolClient, before: string): Promise<string[]> {
  const { rows } = await owner.query<{ business_date: string }>(next, [before]);
  return rows.map((row) => row.business_date);
}

const neverEnds = '9999-12-31';

/**
 * Moves the entries and postings of closed days into files, one a day: written, read again and held against the table
 * before the partition goes. The register of outcomes, the groups and the totals stay. The days are the next ones that
 * may leave; else, or where the journal is not to be had alone for a moment, it throws and nothing has changed.
 */
export async function archiveDays(
  owner: Pool,
  folder: string,
  businessDates: readonly string[],
): Promise<Archived[]> {
  return inTransaction(owner, async (client) => {
    await client.query('set transaction isolation level repeatable read');
    await takeTurn(client);
    const may = await nextDaysToArchive(client, neverEnds);
    if (may.join() !== businessDates.join())
      throw new StartError(
        `下一批可归档的营业日是 The next days that may leave are: ${may.join(', ') || 'none'}.`,
      );
    const archived: Archived[] = [];
    for (const businessDate of businessDates) archived.push(await writeDay(client, folder, businessDate));
    await leave(client, businessDates[0] ?? '');
    return archived;
  });
}

async function writeDay(client: PoolClient, folder: string, businessDate: string): Promise<Archived> {
  const written = await writeDayFile(folder, businessDate, linesOf(client, businessDate));
  await checkFile(join(folder, written.file), businessDate, written);
  const { file, sums, sha256 } = written;
  const { entries, postings, debitFen, lastEntryId } = sums;
  await client.query(record, [businessDate, file, entries, postings, debitFen, lastEntryId, sha256]);
  await client.query(carryForward, [businessDate]);
  return { businessDate, ...written };
}

async function* linesOf(client: PoolClient, businessDate: string): AsyncGenerator<readonly string[]> {
  const tables = [
    ['entries', entryLineSql, 'id, bucket'],
    ['postings', postingLineSql, 'entry_id, account_id, bucket'],
  ] as const;
  for (const [table, line, order] of tables) {
    await client.query({
      text: `declare archive_${table} no scroll cursor for
        select ${line} from ledger.${table} where business_date = '${businessDate}' order by ${order}`,
    });
    for (let full = true; full; ) {
      const { rows } = await client.query<string[]>({
        text: `fetch ${pageRows} from archive_${table}`,
        rowMode: 'array',
      });
      if (rows.length > 0) yield rows.map(([text]) => text as string);
      full = rows.length === pageRows;
    }
    await client.query(`close archive_${table}`);
  }
}

/** Reads the file again, as whoever restores it will: what is on the disk is what was counted. */
async function checkFile(path: string, businessDate: string, expected: DayFile): Promise<void> {
  let read: DayFile | undefined;
  for await (const _ of readDayFile(path, businessDate, (file) => {
    read = file;
  }));
  if (read === undefined || !read.sha256.equals(expected.sha256) || !sameSums(read.sums, expected.sums))
    throw new Error(`${path} does not hold what the journal of ${businessDate} came to`);
}

const record = `
  insert into ledger.archived_days (business_date, file, entries, postings, debit_fen, last_entry_id, sha256, archived_at)
  values ($1, $2, $3, $4, $5, $6, $7, clock_timestamp())`;

const carryForward = `
  insert into ledger.archived_balances as b (bucket, account_id, fen, last_entry_id)
  select bucket, account_id, sum(amount_fen)::bigint, max(entry_id) from ledger.postings
  where business_date = $1 and balance_fen is not null group by bucket, account_id
  on conflict (bucket, account_id) do update set fen = b.fen + excluded.fen, last_entry_id = excluded.last_entry_id`;

/** The last of the transaction: nobody posts or reads the journal from here to the commit. */
async function leave(client: PoolClient, firstDate: string): Promise<void> {
  await lockJournalAlone(client);
  const own = `_${firstDate.replaceAll('-', '')}`;
  const { rows } = await client.query<{ there: boolean }>('select to_regclass($1) is not null as there', [
    `ledger.postings${own}`,
  ]);
  const ending = rows[0]?.there === true ? own : '_before';
  for (const table of ['postings', 'entries']) {
    await client.query(`alter table ledger.${table} detach partition ledger.${table}${ending}`);
    await client.query(`drop table ledger.${table}${ending}`);
  }
}

/** The days that are in files, the first one first, and the greatest id among their entries. */
export interface ArchivedDays {
  readonly days: readonly string[];
  readonly lastEntryId: bigint;
}

export async function readArchivedDays(client: Pool | PoolClient): Promise<ArchivedDays> {
  const { rows } = await sessionOf(client).run({
    name: 'ledger-archived-days',
    text: 'select business_date, last_entry_id from ledger.archived_days order by business_date',
  });
  const last = rows.map(([, id]) => id as bigint);
  return {
    days: rows.map(([day]) => day as string),
    lastEntryId: last.reduce((a, b) => (a > b ? a : b), 0n),
  };
}
