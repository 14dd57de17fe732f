import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTransaction, openOwnerPool, openPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { acknowledgeHotList, type HotPage, readHotList } from './hot-list.ts';
import { issueCards, type NewCard } from './issue.ts';
import { insertHotChanges, type MarkedChange } from './life/store.ts';
import { readCursor } from './rules/hot.ts';

let database: TestDatabase;
let owner: Pool;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  [owner, pool] = [openOwnerPool(database.url), openPool(database.url, 8)];
});
afterAll(async () => {
  await owner?.end();
  await pool?.end();
  await database?.drop();
});

const mark = (n: number) => n.toString(16).padStart(16, '0');
const change = (n: number, op: MarkedChange['op'] = 'add', cause: MarkedChange['cause'] = 'lost') => ({
  mark: mark(n),
  op,
  cause,
});
const write = (...changes: MarkedChange[]) =>
  inTransaction(pool, (client) => insertHotChanges(sessionOf(client), changes));
const read = (over: Partial<Parameters<typeof readHotList>[1]> = {}) =>
  readHotList(sessionOf(pool), { since: null, cursor: null, limit: 3, ...over });

/** All pages from the first on, with something done between two of them. */
async function readAll(first: HotPage, between: () => Promise<void> = async () => undefined) {
  const pages = [first];
  for (let next = first.next; next !== null; next = pages.at(-1)?.next ?? null) {
    await between();
    pages.push(await read({ cursor: readCursor(next) }));
  }
  return pages;
}
/** What a terminal keeps away once it has taken these pages in. */
function takenIn(before: ReadonlyMap<string, string>, pages: readonly HotPage[]): Map<string, string> {
  const list = new Map(pages[0]?.full ? [] : before);
  for (const { entries } of pages)
    for (const entry of entries)
      if (entry.op === 'add') list.set(entry.mark, entry.cause);
      else list.delete(entry.mark);
  return list;
}

describe('the hot list', () => {
  test('is empty at version 0', async () => {
    expect(await read()).toEqual({ version: 0n, full: true, entries: [], next: null });
    expect(await read({ since: 0n })).toEqual({ version: 0n, full: false, entries: [], next: null });
  });

  test('is numbered without a gap in the order of commits, however many write at once and some roll back', async () => {
    await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const work = inTransaction(pool, async (client) => {
          await insertHotChanges(sessionOf(client), [change(i), change(i + 1_000, 'add', 'locked')]);
          if (i % 3 === 0) throw new Error('rolled back');
        });
        await work.catch((error: Error) => expect(error.message).toBe('rolled back'));
      }),
    );
    const { rows } = await pool.query(
      'select min(version)::int as first, max(version)::int as last, count(*)::int as count from cards.hot_changes',
    );
    expect(rows[0]).toEqual({ first: 1, last: 80, count: 80 });
  });

  test('is read whole, each hot card once, with the last cause and without those that were removed', async () => {
    await write(
      change(1, 'remove'),
      change(2, 'add', 'replaced'),
      change(4, 'remove'),
      change(4, 'add', 'locked'),
    );
    const pages = await readAll(await read());
    const marks = pages.flatMap((page) => page.entries.map((entry) => entry.mark));
    expect(new Set(marks).size).toBe(marks.length);
    expect(pages.every((page) => page.full && page.version === 84n)).toBe(true);
    const list = takenIn(new Map(), pages);
    expect(list.size).toBe(79);
    expect(list.has(mark(1))).toBe(false);
    expect([list.get(mark(2)), list.get(mark(4))]).toEqual(['replaced', 'locked']);
  });

  test('is read as of one version, whatever changes between two pages; the changes come after it', async () => {
    const before = takenIn(new Map(), await readAll(await read({ limit: 1_000 })));
    let n = 0;
    const pages = await readAll(await read(), async () => {
      n += 1;
      await write(change(5_000 + n), change(n % 60, n % 2 === 0 ? 'add' : 'remove'));
    });
    const list = takenIn(new Map(), pages);
    expect(list).toEqual(before);
    const deltas = await readAll(await read({ since: pages[0]?.version ?? 0n }));
    expect(deltas.every((page) => !page.full)).toBe(true);
    const now = takenIn(new Map(), await readAll(await read({ limit: 1_000 })));
    expect(takenIn(list, deltas)).toEqual(now);
    expect(deltas.at(-1)?.version).toBe(BigInt(84 + 2 * n));
  });

  test('is given whole to a terminal whose version is not ours', async () => {
    expect(await read({ since: 1_000_000n })).toMatchObject({ full: true });
  });

  test('has a card that was issued lost, once, however often it is seeded', async () => {
    const before = (await read({ limit: 1_000 })).version;
    const card: NewCard = {
      ...{ cardNumber: '9000000000000001', hotMark: Buffer.from('aa'.repeat(8), 'hex') },
      ...{ cardId: 1_000_000n, cardAccountId: 1_000_000n, personId: 1_000_000n, product: 'standard' },
      ...{ expiresOn: '2036-12-31', purses: ['online'] },
      status: 'lost',
    };
    const digest = () => Buffer.alloc(16, 1);
    for (let start = 0; start < 2; start++) await issueCards(sessionOf(owner), [card], digest);
    expect(await read({ since: before })).toMatchObject({
      entries: [{ mark: 'aa'.repeat(8), op: 'add', cause: 'lost' }],
    });
  });

  test('knows which version a terminal has, and believes none that is not there', async () => {
    const session = sessionOf(pool);
    await acknowledgeHotList(session, { terminalId: 7, version: 3n });
    await acknowledgeHotList(session, { terminalId: 7, version: 5n });
    await acknowledgeHotList(session, { terminalId: 7, version: 1_000_000n });
    const { rows } = await pool.query('select terminal_id, version from cards.hot_list_terminals');
    expect(rows).toEqual([{ terminal_id: 7, version: 5n }]);
  });

  test('has a limit to its pages', async () => {
    await expect(read({ limit: 0 })).rejects.toThrow(RangeError);
    await expect(read({ limit: 1_001 })).rejects.toThrow(RangeError);
  });
});
