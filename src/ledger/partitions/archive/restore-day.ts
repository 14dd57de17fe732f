import { join } from 'node:path';
import { inTransaction, type Pool, type PoolClient } from '#platform/postgres.ts';
import { StartError } from '#platform/start-error.ts';
import { type DayFile, readDayFile } from './day-file.ts';
import { columnsOf, type DaySums, sameSums } from './rules/day-file.ts';
import { takeTurn } from './turn.ts';

const kept = `
  select file, entries, postings, debit_fen as "debitFen", last_entry_id as "lastEntryId", sha256
  from ledger.archived_days where business_date = $1
    and not exists (select from ledger.archived_days a where a.business_date > $1)`;

/**
 * Brings an archived day back from its file, once its checksum, its rows and its sums are what was written down; else
 * it throws and nothing has changed. Days come back in their order, the last one first.
 */
export async function restoreDay(owner: Pool, folder: string, businessDate: string): Promise<DaySums> {
  return inTransaction(owner, async (client) => {
    await takeTurn(client);
    const { rows } = await client.query<DaySums & { file: string; sha256: Buffer }>(kept, [businessDate]);
    const wanted = rows[0];
    if (wanted === undefined)
      throw new StartError(
        `${businessDate} 不是最后归档的营业日 is not the last day that was archived: days come back from the last one on.`,
      );
    const ending = businessDate.replaceAll('-', '');
    await client.query('select ledger.add_day_partitions($1)', [businessDate]);
    const guards = (change: 'disable' | 'enable') =>
      client.query(`alter table ledger.entries_${ending} ${change} trigger user;
        alter table ledger.postings_${ending} ${change} trigger user`);
    // The guards let a closed day take nothing, which is what is wanted of all but this.
    await guards('disable');
    let read: DayFile | undefined;
    const lines = readDayFile(join(folder, wanted.file), businessDate, (file) => {
      read = file;
    });
    for await (const page of readable(lines, wanted.file)) await insert(client, ending, page);
    if (read === undefined || !read.sha256.equals(wanted.sha256) || !sameSums(read.sums, wanted))
      throw new StartError(
        `${wanted.file} 与归档时不符 is not what was archived of ${businessDate}: nothing has changed.`,
      );
    await guards('enable');
    await client.query(carryBack, [businessDate]);
    await client.query(`delete from ledger.archived_balances where last_entry_id = 0`);
    await client.query('delete from ledger.archived_days where business_date = $1', [businessDate]);
    return read.sums;
  });
}

/** The same pages; a file that is not there or cannot be decompressed is told in a sentence. */
async function* readable(
  pages: AsyncGenerator<readonly string[]>,
  file: string,
): AsyncGenerator<readonly string[]> {
  try {
    yield* pages;
  } catch (error) {
    throw new StartError(
      `无法读取归档文件 The file ${file} cannot be read (${(error as Error).message}): nothing has changed.`,
      { cause: error },
    );
  }
}

// Where nothing is left of what was carried forward, the row goes; the last entry of the days before is not known
// any more, and is looked for only as an upper bound.
const carryBack = `
  update ledger.archived_balances b
  set fen = b.fen - p.fen,
    last_entry_id = case when exists (select from ledger.archived_days where business_date < $1)
      then p.first_id - 1 else 0 end
  from (
    select bucket, account_id, sum(amount_fen)::bigint as fen, min(entry_id) as first_id from ledger.postings
    where business_date = $1 and balance_fen is not null group by bucket, account_id) p
  where b.bucket = p.bucket and b.account_id = p.account_id`;

const tables = {
  E: [
    'entries',
    `owner_id bigint, id bigint, original_id bigint, business_date date, participant_id int, terminal_id int,
      bucket smallint, kind smallint, sector smallint`,
    // Whether it has a detail says its outcome, which never left.
    ', (select detail is not null from idempotency.outcomes where bucket = r.bucket and id = r.id)',
  ],
  P: [
    'postings',
    'entry_id bigint, account_id bigint, amount_fen bigint, balance_fen bigint, business_date date, bucket smallint',
    '',
  ],
} as const;

/** A page of lines, one statement for each of the two partitions; the columns are in the order of the tables. */
async function insert(client: PoolClient, ending: string, page: readonly string[]): Promise<void> {
  for (const [letter, [table, columns, more]] of Object.entries(tables)) {
    const rows = page.filter((line) => line.startsWith(letter)).map(columnsOf);
    if (rows.length === 0) continue;
    const named = columns
      .split(',')
      .map((column) => column.trim().split(' ') as [name: string, type: string]);
    const names = named.map(([name]) => name).join(', ');
    const unnested = named.map(([, type], i) => `$${i + 1}::${type}[]`).join(', ');
    await client.query(
      `insert into ledger.${table}_${ending} select r.*${more} from unnest(${unnested}) r(${names})`,
      named.map((_, i) => `{${rows.map((row) => row[i] ?? 'NULL').join(',')}}`),
    );
  }
}
