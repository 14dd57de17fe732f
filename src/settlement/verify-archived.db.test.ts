import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archiveDays } from '#ledger/partitions/archive/archive-day.ts';
import { restoreDay } from '#ledger/partitions/archive/restore-day.ts';
import { openOwnerPool, openPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { playBusyHistory } from '#testing/history/busy-history.ts';
import { openInstance, openPlayer } from '#testing/history/players.ts';
import { buildTown, cardRef, town } from '#testing/town.ts';
import { closeDay } from './close-day.ts';
import { verify } from './verify.ts';

let database: TestDatabase;
let owner: Pool;
let pool: Pool;
const folder = mkdtempSync(join(tmpdir(), 'one-card-archive-'));

/** A busy first day that is archived, and payments and refunds of the same cards on the second. */
beforeAll(async () => {
  database = await createTestDatabase();
  owner = openOwnerPool(database.url);
  pool = openPool(database.url, 4);
  await buildTown(sessionOf(owner), { merchants: 3, cards: 12 });
  await playBusyHistory({ url: database.url, pool, lanes: 2, groupSizeMax: 8 });
  const closed = await closeDay(pool, town.firstDay);
  if (typeof closed === 'string') throw new Error(closed);
  const instance = await openInstance({ url: database.url, pool });
  const player = openPlayer(instance, closed.nextDate);
  for (let card = 0; card < 12; card++) await player.send({ card: cardRef(card) });
  await instance.close();
  await archiveDays(owner, folder, [town.firstDay]);
});

afterAll(async () => {
  await Promise.all([owner?.end(), pool?.end()]);
  await database?.drop();
  rmSync(folder, { recursive: true });
});

/** Does what an attacker with all rights does, verifies, and takes it back. */
async function verifyAfter(sql: string) {
  const client = await owner.connect();
  try {
    await client.query('begin; set local session_replication_role = replica');
    await client.query(sql);
    await client.query('commit');
    return await verify(pool);
  } finally {
    client.release(true);
  }
}

describe('books whose first day is in a file', () => {
  test('are found right, and say which day was not recomputed', async () => {
    expect(await verify(pool)).toMatchObject({ ok: true, archived: [town.firstDay] });
  });

  test.each([
    [
      'a balance',
      `update ledger.accounts set balance_fen = balance_fen + 1 where id = (select max(account_id) from ledger.archived_balances)`,
      `update ledger.accounts set balance_fen = balance_fen - 1 where id = (select max(account_id) from ledger.archived_balances)`,
      'balances',
    ],
    [
      'what was carried forward',
      `update ledger.archived_balances set fen = fen + 1 where account_id = (select max(account_id) from ledger.archived_balances)`,
      `update ledger.archived_balances set fen = fen - 1 where account_id = (select max(account_id) from ledger.archived_balances)`,
      'balances',
    ],
    [
      'the sum of an archived day',
      'update ledger.archived_days set debit_fen = debit_fen + 1',
      'update ledger.archived_days set debit_fen = debit_fen - 1',
      'balances',
    ],
    [
      'an amount of the second day',
      `update ledger.postings set amount_fen = amount_fen - 1 where entry_id = (select min(entry_id) from ledger.postings) and account_id >= 16000000`,
      `update ledger.postings set amount_fen = amount_fen + 1 where entry_id = (select min(entry_id) from ledger.postings) and account_id >= 16000000`,
      'chain',
    ],
  ] as const)('%s that was changed is found', async (...[, change, back, stage]) => {
    const wrong = await verifyAfter(change);
    expect(wrong).toMatchObject({ ok: false, wrong: { stage } });
    expect(await verifyAfter(back)).toMatchObject({ ok: true });
  });

  test('are recomputed whole once the day is back', async () => {
    await restoreDay(owner, folder, town.firstDay);
    expect(await verify(pool)).toMatchObject({ ok: true, archived: [] });
  });
});
