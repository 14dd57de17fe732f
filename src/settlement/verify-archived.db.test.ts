import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archiveDays } from '#ledger/partitions/archive/archive-day.ts';
import { restoreDay } from '#ledger/partitions/archive/restore-day.ts';
import { fen } from '#money/fen.ts';
import { openOwnerPool, openPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { playBusyHistory } from '#testing/history/busy-history.ts';
import { openInstance, openPlayer, type Player } from '#testing/history/players.ts';
import { buildTown, cardRef, town } from '#testing/town.ts';
import { closeDay } from './close-day.ts';
import { verify } from './verify.ts';

let database: TestDatabase;
let owner: Pool;
let pool: Pool;
let instance: Awaited<ReturnType<typeof openInstance>>;
let player: Player;
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
  instance = await openInstance({ url: database.url, pool });
  player = openPlayer(instance, closed.nextDate);
  // The last that touched card 3 was a void without postings: nobody knows of it any more once its day has left.
  for (let card = 0; card < 12; card++) if (card !== 3) await player.send({ card: cardRef(card) });
  await archiveDays(owner, folder, [town.firstDay]);
});

afterAll(async () => {
  await instance?.close();
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

  test('stay right while the day leaves and comes back under verifications, payments and refunds', async () => {
    await restoreDay(owner, folder, town.firstDay);
    const { rows } = await pool.query<{ id: bigint }>(
      `select id from ledger.entries where business_date = $1 and owner_id = $2 and kind = 1 and participant_id = 1 and id in (
        select entry_id from ledger.postings where account_id = $2 * 16 + 2 and amount_fen < -20)`,
      [town.firstDay, cardRef(1).cardAccountId],
    );
    const moving = new AbortController();
    const verifying = (async () => {
      let archived = 0;
      let looks = 0;
      for (; !moving.signal.aborted; looks++) {
        const verified = await verify(pool);
        expect(verified).toMatchObject({ ok: true });
        if (verified.ok && verified.archived.length > 0) archived += 1;
      }
      return { looks, archived };
    })();
    const answers = new Set<string | null>();
    const refunding = (async () => {
      const card = cardRef(1);
      for (let i = 0; !moving.signal.aborted; i++) {
        const original = { id: rows[i % rows.length]?.id ?? 0n, businessKey: null };
        const { refusal, legs } = await player.send({ kind: 'refund', card, amountFen: fen(1), original });
        answers.add(refusal);
        expect(legs).toHaveLength(refusal === null ? 2 : 0);
      }
    })();
    verifying.catch(() => undefined);
    refunding.catch(() => undefined);
    try {
      for (let times = 0; times < 6; times++) {
        await archiveDays(owner, folder, [town.firstDay]);
        await new Promise((resolve) => setTimeout(resolve, 300));
        if (times < 5) await restoreDay(owner, folder, town.firstDay);
      }
    } finally {
      moving.abort();
    }
    await refunding;
    const { looks, archived } = await verifying;
    expect(archived).toBeGreaterThan(0);
    expect(looks).toBeGreaterThan(archived);
    for (const refusal of answers)
      expect(['original-archived', 'refund-exceeds-original', 'already-returned', null]).toContain(refusal);
    expect(answers).toContain('original-archived');
    expect(answers).toContain(null);
  }, 60_000);

  test('refuse to take back a capture whose authorisation is in a file, and stay right', async () => {
    await restoreDay(owner, folder, town.firstDay);
    const { rows } = await pool.query<{ id: bigint }>(
      'select entry_id as id from ledger.holds where owner_id = $1 and state = 1 and captured_fen > 0',
      [cardRef(2).cardAccountId],
    );
    const original = { id: rows[0]?.id ?? 0n, businessKey: null };
    const capture = { kind: 'capture', card: cardRef(2), amountFen: fen(10), original } as const;
    expect(await player.send(capture)).toMatchObject({ refusal: null });
    await archiveDays(owner, folder, [town.firstDay]);
    expect(await player.reverse()).toMatchObject({ refusal: 'original-archived', legs: [] });
    expect(await player.send(capture)).toMatchObject({ refusal: 'original-archived', legs: [] });
    expect(await player.send({ ...capture, kind: 'void', amountFen: null })).toMatchObject({
      refusal: 'original-archived',
    });
    expect(await verify(pool)).toMatchObject({ ok: true, archived: [town.firstDay] });
  });

  test('are recomputed whole once the day is back', async () => {
    await restoreDay(owner, folder, town.firstDay);
    expect(await verify(pool)).toMatchObject({ ok: true, archived: [] });
  });
});
