import type { DayFile } from '#ledger/partitions/archive/day-file.ts';
import { readDayFile } from '#ledger/partitions/archive/day-file.ts';
import { columnsOf } from '#ledger/partitions/archive/rules/day-file.ts';
import type { EntryRow, PostingRow } from '#ledger/rules/rows.ts';
import type { Dated } from '#settlement/rules/group-rows.ts';
import { type Cursor, pageRows, pagesOf } from '#settlement/verify/cursor.ts';

/** A day's journal as its file has it, beside what the file came to once it is read to its end. */
export interface FileCursors {
  readonly entries: Cursor<Dated<EntryRow>>;
  readonly postings: Cursor<Dated<PostingRow>>;
  /** Null until the postings, which come last, were read to their end. */
  readonly read: () => DayFile | null;
}

/** Opens a day's file twice, since its entries stand before its postings; a page of each is in memory. */
export function openFileCursors(path: string, businessDate: string): FileCursors {
  let read: DayFile | null = null;
  const open = (letter: 'E' | 'P') =>
    pagesFrom(
      linesOf(
        readDayFile(path, businessDate, (file) => {
          if (letter === 'P') read = file;
        }),
        letter,
      ),
    );
  return {
    entries: pagesOf({ row: entryOf, id: (entry) => entry.id }, open('E')),
    postings: pagesOf({ row: postingOf, id: (posting) => posting.entryId }, open('P')),
    read: () => read,
  };
}

/** A file that is not there, cannot be decompressed, or has lines that are none. */
export class UnreadableFile extends Error {}

async function* linesOf(
  pages: AsyncGenerator<readonly string[]>,
  letter: string,
): AsyncGenerator<readonly (string | null)[]> {
  try {
    for await (const page of pages)
      for (const line of page) if (line.startsWith(letter)) yield columnsOf(line);
  } catch (error) {
    throw new UnreadableFile((error as Error).message, { cause: error });
  }
}

function pagesFrom(lines: AsyncGenerator<readonly (string | null)[]>): () => Promise<unknown[][]> {
  return async () => {
    const page: unknown[][] = [];
    while (page.length < pageRows) {
      const next = await lines.next();
      if (next.done === true) break;
      page.push([...next.value]);
    }
    return page;
  };
}

const big = (column: unknown) => BigInt(column as string);
const orNull = (column: unknown) => (column === null ? null : big(column));

function entryOf(columns: unknown[]): Dated<EntryRow> {
  const [ownerId, id, originalId, businessDate, participantId, terminalId, bucket, kind, sector] = columns;
  return {
    ...{ id: big(id), bucket: Number(bucket), ownerId: big(ownerId), originalId: orNull(originalId) },
    ...{ participantId: Number(participantId), terminalId: Number(terminalId) },
    ...{ kind: Number(kind), sector: Number(sector), businessDate: businessDate as string, hasDetail: null },
  };
}

function postingOf([
  entryId,
  accountId,
  amountFen,
  balanceFen,
  businessDate,
  bucket,
]: unknown[]): Dated<PostingRow> {
  return {
    ...{ entryId: big(entryId), accountId: big(accountId), bucket: Number(bucket) },
    ...{ amountFen: big(amountFen), balanceFen: orNull(balanceFen), businessDate: businessDate as string },
  } as Dated<PostingRow>;
}
