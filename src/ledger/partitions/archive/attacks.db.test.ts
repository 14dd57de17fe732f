import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cutOff } from '#ledger/cut-off.ts';
import { addPartitionsAhead } from '#ledger/partitions/add-ahead.ts';
import { fen } from '#money/fen.ts';
import { openOwnerPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { type Till, tillBefore } from '#testing/till.ts';
import { cardRef, loadTown } from '#testing/town.ts';
import { archiveDays, nextDaysToArchive } from './archive-day.ts';
import { restoreDay } from './restore-day.ts';

let house: TestTown;
let owner: Pool;
/** Of one connection each, as the command has it. */
let owners: Pool[];
let till: Till;
const folder = mkdtempSync(join(tmpdir(), 'one-card-attacks-'));
const days: string[] = [];

const openDay = async () =>
  (await house.pool.query('select business_date as day from ledger.business_days where closed_at is null'))
    .rows[0].day as string;

/** Four days; nobody posts on the second. */
beforeAll(async () => {
  house = await openTestTown({ merchants: 1, cards: 2 });
  owners = [1, 2, 3, 4].map(() => openOwnerPool(house.url));
  [owner] = owners as [Pool];
  const clearing = await house.open();
  till = tillBefore(clearing, clearing);
  await loadTown(clearing, { cards: 2, amountFen: 100_000n });
  for (let day = 0; day < 4; day++) {
    if (day !== 1)
      for (const card of [0, 1]) await till({ card: cardRef(card), amountFen: fen(BigInt(day + 1)) });
    days.push(await openDay());
    await cutOff(house.pool, days[day] as string);
  }
});
afterAll(async () => {
  await Promise.all(owners?.map((one) => one.end()) ?? []);
  await house?.close();
  rmSync(folder, { recursive: true });
});

/** Everything that archiving and restoring may change, as text. */
async function books(): Promise<string> {
  const { rows } = await owner.query(`
    select to_jsonb(e)::text as row from ledger.entries e union all select to_jsonb(p)::text from ledger.postings p
    union all select to_jsonb(b)::text from ledger.archived_balances b
    union all select a.business_date::text from ledger.archived_days a
    union all select inhrelid::regclass::text from pg_inherits where inhparent = 'ledger.postings'::regclass
    order by 1`);
  return rows.map(({ row }) => row).join('\n');
}

/** The owner's pool, whose connection is gone before the query of this number. */
function dyingPool(dieBefore: number): { readonly pool: Pool; asked(): number } {
  let asked = 0;
  const connect = async () => {
    const client = await (owners[1] as Pool).connect();
    client.on('error', () => undefined);
    const { rows } = await client.query('select pg_backend_pid() as pid');
    return new Proxy(client, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        if (name !== 'query') return value.bind(target);
        return async (...what: unknown[]) => {
          asked += 1;
          if (asked === dieBefore) await owner.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
          return value.apply(target, what);
        };
      },
    });
  };
  return { pool: { connect } as unknown as Pool, asked: () => asked };
}

/** Does it again and again, dying before each of its statements in turn, until it comes through. */
async function dyingEverywhere(work: (pool: Pool) => Promise<unknown>): Promise<number> {
  const before = await books();
  for (let dieBefore = 1; dieBefore < 100; dieBefore++) {
    const { pool, asked } = dyingPool(dieBefore);
    const failure = await work(pool).then(
      () => null,
      (error: unknown) => error,
    );
    if (failure === null && asked() < dieBefore) return asked();
    expect(failure, `before statement ${dieBefore}`).toBeInstanceOf(Error);
    expect(await books(), `before statement ${dieBefore}`).toBe(before);
  }
  throw new Error('it never came through');
}

describe('a process that dies', () => {
  test('between any two statements of archiving or restoring has changed nothing', {
    timeout: 60_000,
  }, async () => {
    const [first] = days as [string];
    const before = await books();
    expect(await dyingEverywhere((pool) => archiveDays(pool, folder, [first]))).toBeGreaterThan(15);
    expect(await books()).not.toBe(before);
    expect(await dyingEverywhere((pool) => restoreDay(pool, folder, first))).toBeGreaterThan(8);
    expect(await books()).toBe(before);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

describe('two at once', () => {
  test('archive a day once, into a file that stays as it is, and restore it once', async () => {
    const [first] = days as [string];
    const before = await books();
    const archived = await Promise.allSettled(owners.map((one) => archiveDays(one, folder, [first])));
    expect(archived.map(({ status }) => status).toSorted()).toEqual([
      'fulfilled',
      ...['rejected', 'rejected', 'rejected'],
    ]);
    await expect(archiveDays(owner, folder, [first])).rejects.toThrow('The next days that may leave are');
    const restored = await Promise.allSettled(owners.map((one) => restoreDay(one, folder, first)));
    expect(restored.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await books()).toBe(before);
  });

  test('make the partitions of the days to come once, while days are closed', async () => {
    const session = sessionOf(house.pool);
    const closing = async () => {
      const day = await openDay();
      return Promise.all([cutOff(house.pool, day), cutOff(house.pool, day)]);
    };
    for (let days = 8; days < 12; days++) {
      const [one, other, closed] = await Promise.all([
        addPartitionsAhead(session, days),
        addPartitionsAhead(session, days),
        closing(),
      ]);
      expect(closed.toSorted()).toEqual(['made', 'not-open']);
      expect(one + other).toBeGreaterThan(0);
      expect(await till({ card: cardRef(0), amountFen: fen(1n) })).toMatchObject({ refusal: null });
    }
  });
});

describe('a file', () => {
  test('that is missing, cut off, or of another day is not restored, and nothing of it is', async () => {
    const [first, second] = days as [string, string];
    const [one] = await archiveDays(owner, folder, [first]);
    const [empty] = await archiveDays(owner, folder, [second]);
    // Nobody posted on the second day: it has its file all the same, and comes back.
    expect(empty?.sums).toMatchObject({ entries: 0n, postings: 0n });
    expect((await restoreDay(owner, folder, second)).entries).toBe(0n);
    const before = await books();
    const path = join(folder, one?.file ?? '');
    const whole = readFileSync(path);
    const lost = () => rmSync(path);
    const cutOffAt = (bytes: number) => () => writeFileSync(path, whole.subarray(0, bytes));
    const otherDay = () => writeFileSync(path, readFileSync(join(folder, empty?.file ?? '')));
    for (const spoil of [
      lost,
      cutOffAt(0),
      cutOffAt(5),
      cutOffAt(whole.length >> 1),
      cutOffAt(whole.length - 1),
      otherDay,
    ]) {
      spoil();
      await expect(restoreDay(owner, folder, first), spoil.name).rejects.toThrow();
      expect(await books()).toBe(before);
    }
    writeFileSync(path, whole);
    await restoreDay(owner, folder, first);
  });

  test('that does not fit on the disk leaves the day where it is', async () => {
    const [first] = days as [string];
    const before = await books();
    const part = join(folder, `journal-${first}.${process.pid}.part`);
    symlinkSync('/dev/full', part);
    await expect(archiveDays(owner, folder, [first])).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(existsSync(part)).toBe(false);
    expect(await books()).toBe(before);
  });
});

test('who reads the journal is waited for, and neither posting nor the day is lost meanwhile', async () => {
  const [first] = days as [string];
  const reader = await house.pool.connect();
  await reader.query('begin');
  await reader.query('lock table only ledger.entries in access share mode');
  const archiving = archiveDays(owner, folder, [first]);
  for (let i = 0; i < 10; i++)
    expect(await till({ card: cardRef(0), amountFen: fen(1n) })).toMatchObject({ refusal: null });
  await reader.query('commit');
  reader.release();
  expect(await archiving).toHaveLength(1);
  await restoreDay(owner, folder, first);
});

describe('a base from before the partitions', () => {
  /** What the migration makes of the first two days of an older base. */
  const asOlderBase = (first: string, second: string, third: string) =>
    ['entries', 'postings']
      .map((table) => {
        const [one, two] = [first, second].map((day) => `ledger.${table}_${day.replaceAll('-', '')}`);
        return `alter table ledger.${table} detach partition ${one}; alter table ledger.${table} detach partition ${two};
          alter table ${one} disable trigger user; insert into ${one} select * from ${two}; alter table ${one} enable trigger user;
          drop table ${two}; alter table ${one} rename to ${table}_before;
          alter table ledger.${table} attach partition ledger.${table}_before for values from (minvalue) to ('${third}')`;
      })
      .join(';');

  test('leaves whole, a file a day, and comes back day by day', async () => {
    const [first, second, third] = days as [string, string, string];
    const journal = async () => (await books()).split('\n').filter((row) => row.startsWith('{'));
    const before = await journal();
    await owner.query(asOlderBase(first, second, third));
    expect(await nextDaysToArchive(owner, second), 'not before its last day may').toEqual([]);
    expect(await nextDaysToArchive(owner, third)).toEqual([first, second]);
    await expect(archiveDays(owner, folder, [first])).rejects.toThrow(`${first}, ${second}`);
    const archived = await archiveDays(owner, folder, [first, second]);
    expect(archived.map(({ sums }) => Number(sums.entries))).toEqual([4, 0]);
    expect(await nextDaysToArchive(owner, '2099-01-01')).toEqual([third]);
    await archiveDays(owner, folder, [third]);
    for (const day of [third, second, first]) await restoreDay(owner, folder, day);
    expect(await journal()).toEqual(before);
  });
});

test('the service can neither write to a partition by its name nor change it, made, packed or restored', async () => {
  const { rows } = await house.pool.query<{ name: string }>(
    `select inhrelid::regclass::text as name from pg_inherits
    where inhparent in ('ledger.entries'::regclass, 'ledger.postings'::regclass)`,
  );
  expect(rows.length).toBeGreaterThan(10);
  const names = rows.map(({ name }) => name).concat('ledger.archived_days', 'ledger.archived_balances');
  for (const name of names) {
    for (const sql of [
      `insert into ${name} select * from ${name}`,
      `update ${name} set business_date = business_date`,
      `delete from ${name}`,
      `truncate ${name}`,
      `alter table ${name} disable trigger all`,
      `drop table ${name}`,
    ])
      await expect(house.pool.query(sql), sql).rejects.toMatchObject({
        code: expect.stringMatching(/42501|42703/),
      });
  }
  const [first] = days as [string];
  await expect(house.pool.query('select ledger.add_day_partitions($1)', [first])).rejects.toMatchObject({
    code: '42501',
  });
});
