/** What a file says of itself in its first line, and what its rows must come to. */
export interface DaySums {
  readonly entries: bigint;
  readonly postings: bigint;
  readonly debitFen: bigint;
  readonly lastEntryId: bigint;
}

export const noSums: DaySums = { entries: 0n, postings: 0n, debitFen: 0n, lastEntryId: 0n };

// A line is a row: "E" or "P", and its columns in the order of the table, numbers and dates only; "-" is null.
export const entryLineSql = `concat_ws(' ', 'E', owner_id, id, coalesce(original_id::text, '-'), business_date, participant_id,
  terminal_id, bucket, kind, sector)`;
export const postingLineSql = `concat_ws(' ', 'P', entry_id, account_id, amount_fen, coalesce(balance_fen::text, '-'),
  business_date, bucket)`;

const number = '-?\\d{1,19}';
const date = '\\d{4}-\\d{2}-\\d{2}';
const entryLine = new RegExp(`^E ${number} ${number} (${number}|-) ${date}( ${number}){5}$`);
const postingLine = new RegExp(`^P ${number} ${number} ${number} (${number}|-) ${date} ${number}$`);

/** The first line: which day it is of, in which form. */
export function headOf(businessDate: string): string {
  return `one-card journal 1 ${businessDate}`;
}

/** The columns of a line as the table has them; throws where it is none, before anything of it is believed. */
export function columnsOf(line: string): readonly (string | null)[] {
  if (!entryLine.test(line) && !postingLine.test(line))
    throw new Error('a line that is no entry and no posting');
  return line
    .slice(2)
    .split(' ')
    .map((column) => (column === '-' ? null : column));
}

/** The sums with a line more. */
export function addLine(sums: DaySums, line: string): DaySums {
  const columns = columnsOf(line);
  if (line.startsWith('E')) {
    const id = BigInt(columns[1] ?? 0);
    const lastEntryId = id > sums.lastEntryId ? id : sums.lastEntryId;
    return { ...sums, entries: sums.entries + 1n, lastEntryId };
  }
  const amount = BigInt(columns[2] ?? 0);
  const debitFen = amount < 0n ? sums.debitFen - amount : sums.debitFen;
  return { ...sums, postings: sums.postings + 1n, debitFen };
}

export function sameSums(one: DaySums, other: DaySums): boolean {
  return (
    one.entries === other.entries &&
    one.postings === other.postings &&
    one.debitFen === other.debitFen &&
    one.lastEntryId === other.lastEntryId
  );
}
