import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cutOff } from '#ledger/cut-off.ts';
import { readHistory } from '#ledger/history.ts';
import { fen } from '#money/fen.ts';
import { openOwnerPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { type Till, tillBefore } from '#testing/till.ts';
import { cardRef, loadTown } from '#testing/town.ts';
import { archiveDays, nextDaysToArchive, readArchivedDays } from './archive-day.ts';
import { restoreDay } from './restore-day.ts';

let house: TestTown;
let owner: Pool;
let till: Till;
const folder = mkdtempSync(join(tmpdir(), 'one-card-archive-'));
const days: string[] = [];

beforeAll(async () => {
  house = await openTestTown({ merchants: 1, cards: 2 });
  owner = openOwnerPool(house.url);
  const clearing = await house.open();
  till = tillBefore(clearing, clearing);
  await loadTown(clearing, { cards: 2, amountFen: 100_000n });
  for (let day = 0; day < 3; day++) {
    for (const card of [0, 1]) await till({ card: cardRef(card), amountFen: fen(BigInt(day + 1)) });
    const { rows } = await house.pool.query(
      `select business_date as day from ledger.business_days where closed_at is null`,
    );
    days.push(rows[0].day);
    await cutOff(house.pool, rows[0].day);
  }
});
afterAll(async () => {
  await owner?.end();
  await house?.close();
  rmSync(folder, { recursive: true });
});

const journal = async () =>
  (
    await owner.query(`select to_jsonb(e) as row from ledger.entries e union all select to_jsonb(p) from ledger.postings p
      order by 1`)
  ).rows.map(({ row }) => JSON.stringify(row));

describe('an old day', () => {
  test('leaves in its turn, its sums stay, and it comes back as it was', async () => {
    const [first, second] = days as [string, string];
    const before = await journal();
    const { rows: payments } = await owner.query<{ id: bigint; key: string }>(
      `select o.id, o.business_key as key from idempotency.outcomes o join ledger.entries e using (bucket, id)
      where e.owner_id = $1 and o.kind = 1 and o.business_date = $2`,
      [cardRef(0).cardAccountId, first],
    );
    expect(await nextDaysToArchive(owner, first)).toEqual([]);
    expect(await nextDaysToArchive(owner, '2099-01-01')).toEqual([first]);
    const [archived] = await archiveDays(owner, folder, [first]);
    // Two loads and two payments.
    expect(archived?.sums).toMatchObject({ entries: 4n, postings: 8n });
    expect(await nextDaysToArchive(owner, '2099-01-01')).toEqual([second]);
    await archiveDays(owner, folder, [second]);
    expect((await readArchivedDays(house.pool)).days).toEqual([first, second]);
    const off = await owner.query(`select a.id from ledger.accounts a
      left join (select account_id, sum(fen) as fen from (
        select account_id, amount_fen as fen from ledger.postings union all
        select account_id, fen from ledger.archived_balances) m group by 1) s on s.account_id = a.id
      where a.balance_fen is not null and a.balance_fen <> coalesce(s.fen, 0)`);
    expect(off.rows).toEqual([]);
    // Service goes on, and a history ends where the archive begins.
    expect(await till({ card: cardRef(0), amountFen: fen(1n) })).toMatchObject({ refusal: null });
    const page = await readHistory(sessionOf(house.pool), cardRef(1).cardAccountId, {
      before: null,
      limit: 50,
    });
    expect(page.map(({ businessDate }) => businessDate)).toEqual([days[2]]);

    // What is in a file is given back by nobody, whichever way it is named.
    const original = { id: payments[0]?.id as bigint, businessKey: null };
    const card = cardRef(0);
    const refund = { kind: 'refund', card, amountFen: fen(1n), original } as const;
    expect(await till(refund)).toMatchObject({ refusal: 'original-archived' });
    const named = { id: null, businessKey: payments[0]?.key as string };
    expect(await till({ ...refund, kind: 'reversal', original: named })).toMatchObject({
      refusal: 'original-archived',
    });

    await expect(restoreDay(owner, folder, first)).rejects.toThrow('not the last day');
    await restoreDay(owner, folder, second);
    await restoreDay(owner, folder, first);
    const after = await journal();
    expect(after.filter((row) => before.includes(row))).toEqual(before);
    expect((await owner.query('select * from ledger.archived_balances')).rows).toEqual([]);
  });

  test('whose file was touched does not come back, and nothing of it does', async () => {
    const day = days[0] as string;
    const [archived] = await archiveDays(owner, folder, [day]);
    const path = join(folder, archived?.file ?? '');
    const whole = readFileSync(path);
    for (const at of [12, whole.length >> 1, whole.length - 3]) {
      const bent = Buffer.from(whole);
      bent[at] = (bent[at] ?? 0) ^ 1;
      writeFileSync(path, bent);
      await expect(restoreDay(owner, folder, day)).rejects.toThrow();
    }
    expect((await owner.query(`select from ledger.entries where business_date = $1`, [day])).rowCount).toBe(
      0,
    );
    writeFileSync(path, whole);
    await restoreDay(owner, folder, day);
    expect((await owner.query(`select from ledger.entries where business_date = $1`, [day])).rowCount).toBe(
      4,
    );
  });

  test('that is back refuses what every closed day refuses', async () => {
    const name = `ledger.postings_${days[0]?.replaceAll('-', '')}`;
    await expect(owner.query(`delete from ${name}`)).rejects.toMatchObject({ code: '42501' });
    await expect(owner.query(`insert into ${name} select * from ${name}`)).rejects.toMatchObject({
      code: '23514',
    });
  });

  test('is in nobody\u2019s way: the service may archive nothing', async () => {
    await expect(archiveDays(house.pool, folder, [days[0] as string])).rejects.toMatchObject({
      code: '42501',
    });
  });
});
