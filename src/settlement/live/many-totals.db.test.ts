import { afterAll, beforeAll, expect, test } from 'vitest';
import { openOwnerPool, type Pool, type Session, sessionOf } from '#platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { compareTotals } from './books-store.ts';

const day = '2026-11-23';
const accounts = 300;
let database: TestDatabase;
let owner: Pool;
let session: Session;
let rowsMost = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = openOwnerPool(database.url);
  const plain = sessionOf(owner);
  session = {
    run: async (...asked) => {
      const answered = await plain.run(...asked);
      rowsMost = Math.max(rowsMost, answered.rows.length);
      return answered;
    },
  };
});
afterAll(async () => {
  await owner?.end();
  await database?.drop();
});

test('where every account of a day is off, all are counted and added up, and the first four come over', async () => {
  const counted = Array.from({ length: accounts }, (_, i) => ({
    ...{ businessDate: day, accountId: BigInt(i + 1), debitCount: 1n, creditCount: 0n },
    ...{ debitFen: BigInt(i + 1), creditFen: 0n },
  }));
  const off = await compareTotals(session, { days: [day], counted, withKept: false });
  expect([off.wrong, off.amountFen]).toEqual([accounts, BigInt((accounts * (accounts + 1)) / 2)]);
  expect(off.first.map(({ key }) => key)).toEqual([1, 2, 3, 4].map((id) => `day ${day}, account ${id}`));
  expect(off.first[1]).toMatchObject({
    expected: 'debit 2 in 1, credit 0 in 0',
    found: 'debit 0 in 0, credit 0 in 0',
  });
  expect(rowsMost).toBe(4);
});

test('where nothing is off nothing comes over', async () => {
  expect(await compareTotals(session, { days: [day], counted: [], withKept: true })).toEqual({
    ...{ wrong: 0, amountFen: 0n, first: [] },
  });
});
