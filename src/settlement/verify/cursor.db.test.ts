import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTransaction, openPool, type Pool } from '#platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { type Cursor, cursorsOn } from './cursor.ts';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openPool(database.url, 1);
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** Two cursors over 1 to `rows` on one connection; a page is 5,000 rows. */
function onNumbers<T>(rows: number, work: (a: Cursor<bigint>, b: Cursor<bigint>) => Promise<T>): Promise<T> {
  return inTransaction(pool, async (client) => {
    const open = cursorsOn(client);
    const numbers = (name: string) =>
      open({
        name,
        text: `select n::bigint from generate_series(1, ${rows}) n`,
        row: ([n]) => n as bigint,
        id: (n) => n,
      });
    return work(await numbers('a'), await numbers('b'));
  });
}

describe('a cursor', () => {
  test.each([0, 1, 4_999, 5_000, 5_001, 10_000, 12_345])(
    'gives each of %i rows once and in order, across its pages, beside another on the same connection',
    async (rows) => {
      const { taken, others, ends } = await onNumbers(rows, async (a, b) => {
        const taken: bigint[] = [];
        const others: bigint[] = [];
        for (let last = 0n; last <= BigInt(rows); last += 777n) {
          taken.push(...(await a.takeThrough(last)));
          others.push(...(await b.takeThrough(last)));
        }
        taken.push(...(await a.takeThrough(BigInt(rows))));
        return { taken, others, ends: [await a.peek(), await a.take(), await a.takeThrough(99_999n)] };
      });
      expect(taken).toEqual(Array.from({ length: rows }, (_, i) => BigInt(i + 1)));
      expect(others.every((n, i) => n === BigInt(i + 1))).toBe(true);
      expect(ends).toEqual([undefined, undefined, []]);
    },
  );

  test('shows its next row without taking it, and takes nothing before it', async () => {
    await onNumbers(6, async (a) => {
      expect([await a.peek(), await a.peek(), await a.take(), await a.peek()]).toEqual([1n, 1n, 1n, 2n]);
      expect(await a.takeThrough(1n)).toEqual([]);
      expect(await a.takeThrough(3n)).toEqual([2n, 3n]);
      expect(await a.take()).toBe(4n);
    });
  });

  test('that the server breaks off says so to whoever takes the next page, and not before', async () => {
    const broken = inTransaction(pool, async (client) => {
      const open = cursorsOn(client);
      const text = 'select n::bigint, 1 / (6000 - n) from generate_series(1, 9000) n';
      const a = await open({ name: 'a', text, row: ([n]) => n as bigint, id: (n) => n });
      expect(await a.takeThrough(5_000n).catch(String)).toContain('division by zero');
    });
    await broken.catch(() => undefined);
    expect((await pool.query('select 1')).rowCount).toBe(1);
  });
});
