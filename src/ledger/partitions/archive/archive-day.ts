import { join } from 'node:path';
import {
  inTransaction,
  type Pool,
  type PoolClient,
  type Session,
  type Statement,
} from '#platform/postgres.ts';
import { type DayFile, readDayFile, writeDayFile } from './day-file.ts';
import { entryLineSql, postingLineSql, sameSums } from './rules/day-file.ts';

/** A day that is in a file now. */
export interface Archived extends DayFile {
  readonly businessDate: string;
  readonly file: string;
}

const pageRows = 5_000;

// Days leave in their order, so that what is archived is always the beginning of the books. Days from before the
// journal was partitioned have no partition of their own, and stay.
const next = `
  select d.business_date from ledger.business_days d
  where d.closed_at is not null and d.business_date < $1
    and not exists (select from ledger.archived_days a where a.business_date = d.business_date)
    and to_regclass('ledger.postings_' || to_char(d.business_date, 'YYYYMMDD')) is not null
    and not exists (select from ledger.business_days e where e.business_date < d.business_date
      and not exists (select from ledger.archived_days a where a.business_date = e.business_date))
  order by d.business_date limit 1`;

/** The next closed day before this date that may leave, or null. */
export async function nextDayToArchive(owner: Pool, before: string): Promise<string | null> {
  const { rows } = await owner.query<{ business_date: string }>(next, [before]);
  return rows[0]?.business_date ?? null;
}

/**
 * Moves a closed day's entries and postings into a file: written, read again and held against the table before the
 * partition goes. The register of outcomes, the groups and the totals stay. The tables are locked for the moment in
 * which the partition leaves; where that is not to be had at once it throws (55P03), and nothing has changed.
 */
export async function archiveDay(owner: Pool, folder: string, businessDate: string): Promise<Archived> {
  const file = `journal-${businessDate}.gz`;
  const path = join(folder, file);
  return inTransaction(owner, async (client) => {
    await client.query('set transaction isolation level repeatable read');
    const written = await writeDayFile(path, businessDate, linesOf(client, businessDate));
    await checkFile(path, businessDate, written);
    const { sums, sha256 } = written;
    await client.query(record, [
      businessDate,
      file,
      sums.entries,
      sums.postings,
      sums.debitFen,
      sums.lastEntryId,
      sha256,
    ]);
    await client.query(carryForward, [businessDate]);
    await leave(client, businessDate);
    return { businessDate, file, ...written };
  });
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

/** The last of the transaction: the parent is locked from here to the commit. */
async function leave(client: PoolClient, businessDate: string): Promise<void> {
  const ending = businessDate.replaceAll('-', '');
  await client.query(`set local lock_timeout = '500ms'`);
  for (const table of ['postings', 'entries']) {
    await client.query(`alter table ledger.${table} detach partition ledger.${table}_${ending}`);
    await client.query(`drop table ledger.${table}_${ending}`);
  }
}

/** A day that is in a file, and what was written down of it. */
export interface ArchivedDay extends DayFile {
  readonly businessDate: string;
  readonly file: string;
}

const archived: Statement = {
  name: 'ledger-archived-days',
  text: `select business_date, file, sha256, entries, postings, debit_fen, last_entry_id
    from ledger.archived_days order by business_date`,
};

/** The days that are in files, the first one first. */
export async function readArchivedDays(session: Session): Promise<ArchivedDay[]> {
  const { rows } = await session.run(archived);
  return rows.map(([businessDate, file, sha256, entries, postings, debitFen, lastEntryId]) => {
    const sums = { entries, postings, debitFen, lastEntryId };
    return { businessDate, file, sha256, sums } as ArchivedDay;
  });
}
