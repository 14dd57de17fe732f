import type { PoolClient } from '#platform/postgres.ts';

/** Rows of a sorted query, read a page at a time: memory stays the same however many there are. */
export interface Cursor<Row> {
  /** The next rows up to and with this id. */
  takeThrough(id: bigint): Promise<Row[]>;
  /** The next row, or undefined at the end. */
  take(): Promise<Row | undefined>;
  /** The next row, which stays where it is, or undefined at the end. */
  peek(): Promise<Row | undefined>;
}

export interface CursorOptions<Row> {
  readonly name: string;
  /** A query in the order of the id. */
  readonly text: string;
  readonly row: (columns: unknown[]) => Row;
  readonly id: (row: Row) => bigint;
}

export const pageRows = 5_000;

/** Opens cursors on one connection. While a page is worked on, the server already reads the next. */
export function cursorsOn(client: PoolClient): <Row>(options: CursorOptions<Row>) => Promise<Cursor<Row>> {
  // A connection serves one query at a time; several cursors take turns.
  let turn: Promise<unknown> = Promise.resolve();
  const run = (text: string): Promise<unknown[][]> => {
    const answer = turn.then(() => client.query<unknown[]>({ text, rowMode: 'array' }));
    turn = answer.catch(() => undefined);
    return answer.then((result) => result.rows);
  };
  return async (options) => {
    await run(`declare ${options.name} no scroll cursor for ${options.text}`);
    return pagesOf(options, () => run(`fetch ${pageRows} from ${options.name}`));
  };
}

/** A cursor over pages from wherever they come; all but the last have `pageRows` rows. */
export function pagesOf<Row>(
  options: Pick<CursorOptions<Row>, 'row' | 'id'>,
  fetchPage: () => Promise<unknown[][]>,
): Cursor<Row> {
  let page: Row[] = [];
  let place = 0;
  let ahead: Promise<unknown[][]> | null = null;
  let ended = false;

  /** Makes sure that there is a row in place, unless all are read. */
  const fill = async (): Promise<void> => {
    if (place < page.length || ended) return;
    page = (await (ahead ?? fetchPage())).map(options.row);
    place = 0;
    ended = page.length < pageRows;
    ahead = ended ? null : fetchPage();
    // Whoever takes the page is told of its failure; until then nobody is there to hear it.
    ahead?.catch(() => undefined);
  };

  return {
    takeThrough: async (id) => {
      const taken: Row[] = [];
      for (await fill(); place < page.length; await fill()) {
        const start = place;
        while (place < page.length && options.id(page[place] as Row) <= id) place += 1;
        for (const row of page.slice(start, place)) taken.push(row);
        if (place < page.length) break;
      }
      return taken;
    },
    take: async () => {
      await fill();
      const row = page[place];
      if (row !== undefined) place += 1;
      return row;
    },
    peek: async () => {
      await fill();
      return page[place];
    },
  };
}
