import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';

let database: TestDatabase;
let client: pg.Client;

const purse = 16_000_002;
const payable = 24;
const today = '2026-11-22';

/** One payment, one hold, one finished hold, one correction, on the second day of the books. */
const books = `
  insert into ledger.business_days values ('2026-11-21', now(), now()), ('${today}', now(), null);
  insert into ledger.accounts (bucket, id, owner_id, code, balance_fen, held_fen, floor_fen)
    values (182, ${purse}, 1000000, 2, 1000, 0, 0);
  insert into idempotency.outcomes (id, card_id, local_time, business_date, bucket, kind, sector, business_key)
    values (1, 1000000, now(), '${today}', 182, 1, 1, gen_random_uuid());
  insert into ledger.entries (owner_id, id, business_date, participant_id, terminal_id, bucket, kind, sector)
    values (1000000, 1, '${today}', 1, 1, 182, 1, 1);
  insert into ledger.postings (entry_id, account_id, amount_fen, balance_fen, business_date, bucket)
    values (1, ${purse}, -100, 900, '${today}', 182), (1, ${payable}, 100, null, '${today}', 182);
  insert into ledger.day_totals values (${payable}, 0, 100, 0, 1, '${today}', 0, 0);
  insert into ledger.groups values (1, 1, 1, '${today}', 0, 0, sha256(''));
  insert into ledger.day_seals values ('2026-11-21', 0, 1, sha256(''));
  insert into ledger.holds (entry_id, account_id, owner_id, amount_fen, captured_fen, expires_at, bucket, state)
    values (1, ${purse}, 1000000, 100, 10, now(), 182, 1), (2, ${purse}, 1000000, 100, 100, now(), 182, 2);
  insert into ledger.corrections values (1, ${purse}, 100, 60, 182);
  insert into settlement.nets values ('2026-11-21', 1, 100, 0, 1, 0);
  insert into settlement.seals values ('2026-11-21', now(), sha256(''))`;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(books);
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

/** What the role is answered: the SQLSTATE of a refusal, or how many rows it changed. Nothing stays. */
async function attempt(role: string, sql: string): Promise<string | number> {
  await client.query('begin');
  try {
    await client.query(`set local role ${role}`);
    return (await client.query(sql)).rowCount ?? 0;
  } catch (error) {
    return (error as { code?: string }).code ?? 'no code';
  } finally {
    await client.query('rollback');
  }
}

const denied = '42501';
const broken = '23514';
/** The service's role, and the books' owner, who has every right that can be given. */
const roles = ['one_card_app', 'current_user'] as const;
const roleName = (role: (typeof roles)[number]) => (role === 'current_user' ? 'none' : role);

const journal = [
  'idempotency.outcomes',
  'ledger.entries',
  'ledger.postings',
  'ledger.groups',
  'ledger.day_seals',
  'settlement.nets',
  'settlement.seals',
];
const standing = [
  'ledger.accounts',
  'ledger.day_totals',
  'ledger.holds',
  'ledger.corrections',
  'ledger.business_days',
];

describe.each(roles)('as %s', (given) => {
  const role = roleName(given);

  test.each(journal)('%s is only added to: no update, no delete, no truncate', async (table) => {
    expect(await attempt(role, `update ${table} set business_date = business_date`)).toBe(denied);
    expect(await attempt(role, `delete from ${table}`)).toBe(denied);
    expect(await attempt(role, `truncate ${table} cascade`)).toBe(denied);
  });

  test.each(standing)('no row of %s ever goes away', async (table) => {
    expect(await attempt(role, `delete from ${table}`)).toBe(denied);
    expect(await attempt(role, `truncate ${table} cascade`)).toBe(denied);
  });

  const post = (amounts: readonly [number, number], day = today) => `
    insert into ledger.postings (entry_id, account_id, amount_fen, business_date, bucket)
    values (7, ${purse}, ${amounts[0]}, '${day}', 182), (7, ${payable}, ${amounts[1]}, '${day}', 182)`;

  test('an entry that sums to zero is taken, one that does not is refused', async () => {
    expect(await attempt(role, post([-50, 50]))).toBe(2);
    expect(await attempt(role, post([-50, 49]))).toBe(broken);
    expect(await attempt(role, post([0, 0]))).toBe(broken);
  });

  test('postings, entries and totals go to the open day, never to a closed or unknown one', async () => {
    const entry = (day: string) => `
      insert into ledger.entries (owner_id, id, business_date, participant_id, terminal_id, bucket, kind, sector)
      values (1000000, 8, '${day}', 1, 1, 182, 1, 1)`;
    const total = (day: string) =>
      `insert into ledger.day_totals values (${payable}, 0, 1, 0, 1, '${day}', 0, 1)`;
    expect([await attempt(role, entry(today)), await attempt(role, total(today))]).toEqual([1, 1]);
    for (const day of ['2026-11-21', '2026-11-23']) {
      expect(await attempt(role, post([-50, 50], day))).toBe(broken);
      expect(await attempt(role, entry(day))).toBe(broken);
      expect(await attempt(role, total(day))).toBe(broken);
    }
  });

  test('a balance less what is held never goes below the floor', async () => {
    const set = (balance: number, held: number) =>
      `update ledger.accounts set balance_fen = ${balance}, held_fen = ${held} where id = ${purse}`;
    expect(await attempt(role, set(100, 100))).toBe(1);
    expect(await attempt(role, set(-1, 0))).toBe(broken);
    expect(await attempt(role, set(100, 101))).toBe(broken);
    expect(await attempt(role, set(100, -1))).toBe(broken);
  });

  test('a closed day stays closed, and two days are never open', async () => {
    const reopen = `update ledger.business_days set closed_at = null where business_date = '2026-11-21'`;
    const close = `update ledger.business_days set closed_at = clock_timestamp() where business_date = '${today}'`;
    expect(await attempt(role, reopen)).toBe(broken);
    expect(await attempt(role, close)).toBe(1);
    expect(await attempt(role, `insert into ledger.business_days values ('2026-11-23', now(), null)`)).toBe(
      '23505',
    );
  });

  test('what was returned of an entry is what the journal says, and never exceeds the original', async () => {
    const refund = (id: number, amount: number) => `
      insert into ledger.entries (owner_id, id, original_id, business_date, participant_id, terminal_id, bucket, kind, sector)
        values (1000000, ${id}, 1, '${today}', 1, 1, 182, 6, 1);
      insert into ledger.postings (entry_id, account_id, amount_fen, balance_fen, business_date, bucket)
        values (${id}, ${purse}, ${amount}, 1000, '${today}', 182), (${id}, ${payable}, ${-amount}, null, '${today}', 182);`;
    const set = (returned: number) =>
      `update ledger.corrections set returned_fen = ${returned} where entry_id = 1`;
    expect(await attempt(role, `${refund(3, 60)} ${refund(4, 30)} ${set(90)}`)).toBe(0);
    expect(await attempt(role, `${refund(3, 60)} ${refund(4, 30)} ${set(91)}`)).toBe(broken);
    // A group that had not seen that 60 went back, and gives them back again.
    expect(await attempt(role, `${refund(3, 60)} ${refund(4, 60)} ${set(60)}`)).toBe(broken);
    expect(await attempt(role, `${refund(3, 60)} ${set(60)}`)).toBe(broken);
    expect(await attempt(role, `${refund(3, 59)} ${set(59)}`)).toBe(broken);
    expect(await attempt(role, `${refund(3, 60)} ${refund(4, 41)} ${set(101)}`)).toBe(broken);
  });

  test('a hold goes forward only: finished it stays so, and no capture is taken back', async () => {
    const set = (entry: number, change: string) =>
      `update ledger.holds set ${change} where entry_id = ${entry}`;
    expect(await attempt(role, set(1, 'captured_fen = 40'))).toBe(1);
    expect(await attempt(role, set(1, 'state = 3'))).toBe(1);
    expect(await attempt(role, set(1, 'captured_fen = 9'))).toBe(broken);
    expect(await attempt(role, set(1, 'captured_fen = 101'))).toBe(broken);
    expect(await attempt(role, set(2, 'state = 1'))).toBe(broken);
    expect(await attempt(role, set(2, 'state = 4'))).toBe(broken);
  });
});

describe('a partition of a day, written to by its name', () => {
  const partitions = ['20261121', '20261122'].flatMap((day) => [
    `ledger.entries_${day}`,
    `ledger.postings_${day}`,
  ]);

  test.each(partitions)('%s is only added to, and not by the service', async (table) => {
    for (const role of roles.map(roleName)) {
      expect(await attempt(role, `update ${table} set business_date = business_date`)).toBe(denied);
      expect(await attempt(role, `delete from ${table}`)).toBe(denied);
      expect(await attempt(role, `truncate ${table}`)).toBe(denied);
    }
    const parent = table.slice(0, table.lastIndexOf('_'));
    const copy = `insert into ${table} select * from ${parent} limit 1`;
    expect(await attempt('one_card_app', copy)).toBe(denied);
    expect(await attempt('one_card_app', `drop table ${table}`)).toBe(denied);
  });

  test('it takes whole entries of the open day only, from its owner too', async () => {
    const post = (day: string, amounts: readonly [number, number]) => `
      insert into ledger.postings_${day.replaceAll('-', '')} (entry_id, account_id, amount_fen, business_date, bucket)
      values (7, ${purse}, ${amounts[0]}, '${day}', 182), (7, ${payable}, ${amounts[1]}, '${day}', 182)`;
    expect(await attempt('none', post(today, [-50, 50]))).toBe(2);
    expect(await attempt('none', post(today, [-50, 49]))).toBe(broken);
    expect(await attempt('none', post('2026-11-21', [-50, 50]))).toBe(broken);
    const entry = (day: string) => `
      insert into ledger.entries_${day.replaceAll('-', '')}
        (owner_id, id, business_date, participant_id, terminal_id, bucket, kind, sector)
      values (1000000, 8, '${day}', 1, 1, 182, 1, 1)`;
    expect(await attempt('none', entry(today))).toBe(1);
    expect(await attempt('none', entry('2026-11-21'))).toBe(broken);
  });

  test('an entry that names an account twice is refused, by the parent and by the partition', async () => {
    for (const table of ['ledger.postings', 'ledger.postings_20261122']) {
      const twice = `insert into ${table} (entry_id, account_id, amount_fen, business_date, bucket)
        values (7, ${purse}, -50, '${today}', 182), (7, ${purse}, -50, '${today}', 182),
          (7, ${payable}, 100, '${today}', 182)`;
      expect(await attempt('none', twice)).toBe(broken);
    }
  });

  test('no day is opened without its partitions, and those of the days to come change nothing of it', async () => {
    const close = `update ledger.business_days set closed_at = clock_timestamp() where closed_at is null;`;
    const count = `select from pg_inherits where inhparent = 'ledger.postings'::regclass`;
    expect(await attempt('none', count)).toBe(2);
    await client.query('begin');
    await client.query(`set local role one_card_app`);
    await client.query(`select ledger.add_partitions_ahead(3)`);
    await client.query(`${close} insert into ledger.business_days values ('2031-01-05', now(), null)`);
    await client.query(`insert into ledger.postings (entry_id, account_id, amount_fen, business_date, bucket)
      values (7, ${purse}, -50, '2031-01-05', 182), (7, ${payable}, 50, '2031-01-05', 182)`);
    const made = await client.query(count);
    const where = await client.query(`select distinct tableoid::regclass::text as name from ledger.postings
      where business_date = '2031-01-05'`);
    await client.query('rollback');
    expect([made.rowCount, where.rows]).toEqual([6, [{ name: 'ledger.postings_20310105' }]]);
  });

  test('the service makes partitions of the next days only, and none by name', async () => {
    expect(await attempt('one_card_app', `select ledger.add_partitions_ahead(32)`)).toBe('22023');
    expect(await attempt('one_card_app', `select ledger.add_day_partitions('2031-01-05')`)).toBe(denied);
  });
});

describe('the service', () => {
  test.each([
    ['floors of purses', `update ledger.accounts set floor_fen = -100`],
    ['amounts of holds', `update ledger.holds set amount_fen = amount_fen + 1`],
    ['original amounts', `update ledger.corrections set original_fen = original_fen + 1`],
    ['lanes', `update ledger.lanes set bucket = 7`],
    ['participants', `insert into participants.participants values (1, 'a', 'a', 'shops', true)`],
    ['the guards themselves', `alter table ledger.postings disable trigger all`],
    ['the way out of them', `set session_replication_role = replica`],
  ])('may not change %s', async (_, sql) => {
    expect(await attempt('one_card_app', sql)).toBe(denied);
  });
});
