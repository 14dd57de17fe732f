import type pg from 'pg';

/** Rows of a query one after the other, fetched in pages. */
export interface Cursor<Row> {
  next(): Promise<Row | undefined>;
  peek(): Promise<Row | undefined>;
}

const pageRows = 5_000;

/** Opens a cursor in the transaction that `client` is in; it ends with it. */
export async function openCursor<Row extends pg.QueryResultRow>(
  client: pg.Client,
  name: string,
  text: string,
): Promise<Cursor<Row>> {
  await client.query(`declare ${name} no scroll cursor for ${text}`);
  let page: readonly Row[] = [];
  let at = 0;
  let isOver = false;
  const peek = async () => {
    if (at === page.length && !isOver) {
      page = (await client.query<Row>(`fetch ${pageRows} from ${name}`)).rows;
      at = 0;
      isOver = page.length === 0;
    }
    return page[at];
  };
  return {
    peek,
    next: async () => {
      const row = await peek();
      if (row !== undefined) at += 1;
      return row;
    },
  };
}
