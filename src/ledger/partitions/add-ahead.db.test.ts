import { afterAll, beforeAll, expect, test } from 'vitest';
import { cutOff } from '#ledger/cut-off.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';

let house: TestTown;

beforeAll(async () => {
  house = await openTestTown({ merchants: 1, cards: 1 });
});
afterAll(() => house?.close());

const openDay = async () => {
  const { rows } = await house.pool.query(
    'select business_date from ledger.business_days where closed_at is null',
  );
  return rows[0].business_date as string;
};

test('the partitions of the next day are there before a cut-off begins, and every session was told of them once more', async () => {
  await cutOff(house.pool, await openDay());
  const { rows } = await house.owner.query<{ made: string; told: string; opened: string }>(
    `select c.xmin::text as made, a.xmin::text as told, d.xmin::text as opened
    from ledger.business_days d join pg_class c on c.relname = 'postings_' || to_char(d.business_date, 'YYYYMMDD')
    join pg_attribute a on a.attrelid = 'ledger.postings'::regclass and a.attname = 'business_date'
    where d.closed_at is null`,
  );
  const [made, told, opened] = Object.values(rows[0] ?? {}).map(Number);
  expect(made).toBeLessThan(told ?? 0);
  expect(told).toBeLessThan(opened ?? 0);
});
