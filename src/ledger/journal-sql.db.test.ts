import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { cardRef, loadTown, townRequest } from '#testing/town.ts';
import { idOfOwnersSql, ofEntriesBetweenSql, ofEntrySql } from './journal-sql.ts';

const payments = 600;
let house: TestTown;
let ids: bigint[];

beforeAll(async () => {
  house = await openTestTown({ merchants: 2, cards: 3 });
  const clearing = await house.open();
  await loadTown(clearing, { cards: 3, amountFen: 1_000_000n });
  const paid = Array.from({ length: payments }, (_, n) =>
    clearing.submit({ request: townRequest(n, { card: cardRef(n % 3) }), isRepeat: false }),
  );
  await Promise.all(paid);
  const { rows } = await house.pool.query<{ id: bigint }>('select id from ledger.entries order by id');
  ids = rows.map(({ id }) => id);
});
afterAll(() => house?.close());

const postingsWhere = async (condition: string) =>
  (await house.pool.query(`select * from ledger.postings p where ${condition} order by entry_id, account_id`))
    .rows;

test('an entry’s postings are found, and not those of the three that share its key', async () => {
  for (const id of ids.slice(0, 40)) {
    const found = await postingsWhere(ofEntrySql('p', String(id)));
    expect(found).toEqual(await postingsWhere(`p.entry_id + 0 = ${id}`));
    expect(found).toHaveLength(2);
  }
});

test('the postings of entries between two are found whole, whatever the ends share their keys with', async () => {
  for (const [from, to] of [
    [0, 0],
    [1, 2],
    [3, 200],
    [6, payments],
  ] as const) {
    const [first, last] = [ids[from], ids[to]];
    expect(await postingsWhere(ofEntriesBetweenSql('p', String(first), String(last)))).toEqual(
      await postingsWhere(`p.entry_id + 0 between ${first} and ${last}`),
    );
  }
});

const planOf = async (query: string) => {
  const { rows } = await house.pool.query<{ 'QUERY PLAN': string }>(`explain ${query}`);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
};

test('an entry whose owner is known is found by the owner, and not by the ranges of all ids', async () => {
  const { cardAccountId, bucket } = cardRef(0);
  const found = `select id from ledger.entries e where bucket = ${bucket} and owner_id = ${cardAccountId} and ${idOfOwnersSql('e')} = ${ids[9]}`;
  expect(await planOf(found)).toMatch(/Index Scan (using|on) entries_\d+_owner_id_idx/);
  // Not even where there is nothing else: which of two looks cheaper depends on how many rows there are.
  const client = await house.owner.connect();
  await client.query('begin; drop index ledger.entries_owner; set local enable_seqscan = off');
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${found}`);
  await client.query('rollback');
  client.release();
  expect(rows.map((row) => row['QUERY PLAN']).join('\n')).not.toMatch(/entries_\d+_id_idx/);
});

test.each([
  ['one', (id: bigint) => ofEntrySql('p', String(id))],
  ['a range', (id: bigint) => ofEntriesBetweenSql('p', String(id), String(id))],
])('%s is asked of the index, and no day is read through', async (_, condition) => {
  expect(await planOf(`select * from ledger.postings p where ${condition(ids[9] ?? 0n)}`)).toMatch(
    /(Index Scan using|Bitmap Index Scan on) postings_\d+_expr_idx/,
  );
});
