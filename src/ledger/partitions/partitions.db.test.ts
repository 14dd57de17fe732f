import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemActor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import { cutOff } from '#ledger/cut-off.ts';
import { readHistory } from '#ledger/history.ts';
import { fen } from '#money/fen.ts';
import { sessionOf } from '#platform/postgres.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { rideWithTwoPurses, type Till, tillBefore } from '#testing/till.ts';
import { cardRef, loadTown, merchantTerminal } from '#testing/town.ts';
import { addPartitionsAhead } from './add-ahead.ts';
import { packNext } from './pack.ts';

let house: TestTown;
let till: Till;
const days: string[] = [];
const daysPaid = 20;

const openDay = async () => {
  const { rows } = await house.pool.query(
    'select business_date from ledger.business_days where closed_at is null',
  );
  return rows[0].business_date as string;
};
const partitions = async () => {
  const { rows } = await house.pool.query<{ name: string }>(
    `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'ledger.postings'::regclass order by 1`,
  );
  return rows.map(({ name }) => name);
};

/**
 * More days than are planned for at once, on each of which the first card pays three times at the first merchant, the second once at
 * the second, and the third twice with two purses.
 */
beforeAll(async () => {
  house = await openTestTown({ merchants: 2, cards: 3 });
  const clearing = await house.open();
  till = tillBefore(clearing, clearing);
  await loadTown(clearing, { cards: 3, amountFen: 100_000n });
  for (let day = 0; day < daysPaid; day++) {
    for (const amount of [1n, 2n, 3n]) await till({ card: cardRef(0), amountFen: fen(amount) });
    await till({ card: cardRef(1), amountFen: fen(7n), terminalId: merchantTerminal(2) });
    for (let ride = 0; ride < 2; ride++) await rideWithTwoPurses({ owner: house.owner, till }, 2, 50n);
    const date = await openDay();
    days.push(date);
    await cutOff(house.pool, date);
  }
});
afterAll(() => house?.close());

describe('a history over many days', () => {
  test.each([
    [0, 4, 1 + 3 * daysPaid],
    [2, 5, 1 + 2 * daysPaid],
    [2, 100, 1 + 2 * daysPaid],
  ])('is one history, card %i read in pages of %i that end anywhere', async (card, limit, entries) => {
    const owner = cardRef(card).cardAccountId;
    const found: bigint[] = [];
    for (let before: bigint | null = null; ; ) {
      const page = await readHistory(sessionOf(house.pool), owner, { before, limit });
      found.push(...page.map(({ id }) => id));
      if (page.length < limit) break;
      before = page.at(-1)?.id ?? null;
    }
    const { rows } = await house.pool.query(
      'select id from ledger.entries where owner_id = $1 order by id desc',
      [owner],
    );
    expect(rows).toHaveLength(entries);
    expect(found).toEqual(rows.map(({ id }) => id));
  });

  test('a page that is full after a few days reads no older one', async () => {
    const client = await house.owner.connect();
    await client.query('select pg_stat_force_next_flush()');
    const scans = async () => {
      await client.query('select pg_stat_force_next_flush()');
      const { rows } = await client.query(
        `select relname, idx_scan + seq_scan as scans from pg_stat_all_tables
        where schemaname = 'ledger' and relname ~ '^(entries|postings)_' order by 1`,
      );
      return new Map(rows.map((row) => [row.relname as string, Number(row.scans)]));
    };
    const before = await scans();
    const page = await readHistory(sessionOf(client as never), cardRef(0).cardAccountId, {
      before: null,
      limit: 3,
    });
    const after = await scans();
    client.release();
    const touched = [...after].filter(([name, count]) => count !== before.get(name)).map(([name]) => name);
    expect(page).toHaveLength(3);
    const read = (name: string) => touched.includes(`${name}_${days.at(-1)?.replaceAll('-', '')}`);
    expect([read('entries'), read('postings')]).toEqual([true, true]);
    const old = days.slice(0, 2).map((day) => day.replaceAll('-', ''));
    expect(touched.filter((name) => old.some((day) => name.endsWith(day)))).toEqual([]);
  });
});

describe('the partitions', () => {
  test('of the days to come are made once, a cut-off uses them', async () => {
    const made = await addPartitionsAhead(sessionOf(house.pool), 3);
    const ready = await partitions();
    expect([made, await addPartitionsAhead(sessionOf(house.pool), 3)]).toEqual([3, 0]);
    await cutOff(house.pool, await openDay());
    expect(await partitions()).toEqual(ready);
  });

  test('hold up nobody who is written into the audit trail, however long it takes whoever makes them', async () => {
    const [maker, writer] = [await house.owner.connect(), await house.pool.connect()];
    try {
      // As when an archived day comes back: its partitions are the first that is made, its rows the last.
      await maker.query('begin');
      const made = await maker.query(`select ledger.add_day_partitions('2031-01-05') as is_new`);
      expect(made.rows).toEqual([{ is_new: true }]);
      await writer.query(`set lock_timeout = '500ms'`);
      const event = { actor: systemActor, act: 'holder-signed-in', subject: 'card 1000000', reason: '' };
      await recordAudit(sessionOf(writer), [event]);
    } finally {
      await maker.query('rollback');
      await writer.query('reset lock_timeout');
      maker.release();
      writer.release();
    }
  });

  test('of closed days are packed once, by one instance, and the open one is left alone', async () => {
    const packed: string[] = [];
    for (let next = await packNext(house.pool); next !== null; next = await packNext(house.pool)) {
      packed.push(next);
      if (packed.length > 4 * daysPaid) throw new Error('packed again and again');
    }
    const open = (await openDay()).replaceAll('-', '');
    expect(packed).toHaveLength(2 * (days.length + 1));
    expect(packed.filter((name) => name.endsWith(open))).toEqual([]);
    const { rows } = await house.owner.query(
      `select c.relname from pg_class c join pg_index i on i.indexrelid = c.oid
      where i.indrelid = 'ledger.postings_${days[0]?.replaceAll('-', '')}'::regclass and 'fillfactor=100' = any(c.reloptions)`,
    );
    expect(rows).toHaveLength(1);
    expect(await till({ card: cardRef(0), amountFen: fen(1n) })).toMatchObject({ refusal: null });
  });

  test('the service has no more rights after packing than before', async () => {
    const { rows } = await house.pool.query('select current_user as name');
    expect(rows).toEqual([{ name: 'one_card_app' }]);
  });
});
