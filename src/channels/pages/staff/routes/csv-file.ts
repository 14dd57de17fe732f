import type { Cell, CellContext, List, Piece, Source } from '#channels/pages/staff/lists/list.ts';
import { csvCell } from '#channels/pages/staff/rules/csv-cell.ts';
import { grouped } from '#channels/pages/staff/views/pieces.ts';
import { byteOrderMark, csvLine } from '#platform/rules/write-csv.ts';

/** A file holds no more rows than this, and says so where there are more. */
export const exportRowsMax = 100_000;

interface FileOf {
  readonly context: CellContext;
  readonly said: Readonly<Record<string, string>>;
  readonly rowsMax?: number;
}

/**
 * Every row of a filter as a file for spreadsheets, read and sent piece by piece: RFC 4180, UTF-8 with a byte order
 * mark. Null where what the filter names is not there.
 */
export async function csvOf(
  list: List,
  from: Source,
  { context, said, rowsMax = exportRowsMax }: FileOf,
): Promise<ReadableStream<Uint8Array> | null> {
  const { texts } = context.visit;
  const read = (after: string | null, left: number) =>
    list.piece(from, context, { said, after, limit: Math.min(list.pieceMax, left) });
  // The first piece is read before anything is sent, so that what is not there is told as a page.
  let piece = await read(null, rowsMax);
  if (piece === null) return null;
  const encoder = new TextEncoder();
  let sent = 0;
  const header = csvLine(list.columns.map((name) => texts.columns[name]));
  return new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(byteOrderMark + header)),
    pull: async (controller) => {
      if (piece === null) return controller.close();
      const { rows, next }: Piece = piece;
      sent += rows.length;
      const isCut = next !== null && sent >= rowsMax;
      const lines = rows.map(lineOf);
      if (isCut) lines.push(csvLine([texts.list.cut(grouped(sent))]));
      controller.enqueue(encoder.encode(lines.join('')));
      piece = next === null || isCut ? null : await read(next, rowsMax - sent);
      if (piece === null) controller.close();
    },
  });
}

const lineOf = (cells: readonly Cell[]) => csvLine(cells.map(csvCell));
