import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fen } from '#money/fen.ts';
import { hainanDay, nextDay } from '#platform/calendar.ts';
import { openOwnerPool, openPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { closeDay } from '#settlement/close-day.ts';
import { playBusyHistory } from '#testing/history/busy-history.ts';
import { openInstance, openPlayer, type Player } from '#testing/history/players.ts';
import { buildTown, cardRef, town } from '#testing/town.ts';
import { type BooksLamp, type CheckName, readLamp } from './lamp.ts';
import { lookOnce } from './look.ts';
import type { PageDone } from './rules/chain-budget.ts';

let database: TestDatabase;
let owner: pg.Pool;
let pool: Pool;
let clearing: Awaited<ReturnType<typeof openInstance>>;
let player: Player;
let today: string = town.firstDay;
const chain = { newMs: 5_000, againMs: 5_000 };

beforeAll(async () => {
  database = await createTestDatabase();
  owner = openOwnerPool(database.url);
  pool = openPool(database.url, 4);
  await buildTown(sessionOf(owner), { merchants: 3, cards: 12 });
  await playBusyHistory({ url: database.url, pool, lanes: 2, groupSizeMax: 8 });
  clearing = await openInstance({ url: database.url, pool, lanes: 2 });
  player = openPlayer(clearing, '2026-12-01');
});

afterAll(async () => {
  await clearing.close();
  await pool.end();
  await owner.end();
  await database.drop();
});

async function look(options: Partial<Parameters<typeof lookOnce>[0]> = {}): Promise<BooksLamp> {
  await lookOnce({ pool, queues: [], pauseMs: 15_000, chain, atOnce: true, ...options });
  const lamp = await readLamp(sessionOf(pool));
  if (lamp === null) throw new Error('there is no lamp');
  return lamp;
}

/** Changes rows with every guard off, as somebody with all rights over the database would. */
async function tamper(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(`set session_replication_role = replica; ${sql}`);
  await client.end();
}

async function pay(cards = 5): Promise<void> {
  for (let card = 0; card < cards; card++) await player.send({ card: cardRef(card) });
}

/** The checks that are not right, with by how much. */
const wrongOf = (lamp: BooksLamp) =>
  Object.fromEntries(
    lamp.checks.filter(({ wrong }) => wrong > 0).map(({ name, amountFen }) => [name, Number(amountFen)]),
  );

const green = { state: 'green', driftFen: 0n, findings: [], behind: 0 };

test('there is no lamp before the first look', async () => {
  expect(await readLamp(sessionOf(pool))).toBeNull();
});

test('books that nobody touched are green, with every kind of entry in them, look after look', async () => {
  expect(await look()).toMatchObject({ ...green, businessDate: town.firstDay });
  await pay();
  expect(await look()).toMatchObject(green);
  expect(await look()).toMatchObject(green);
});

test('entries whose card nobody showed are found: what names a transaction by its id alone', async () => {
  const unseen = { ...cardRef(8), cardId: 0n };
  const authorised = await player.send({ kind: 'authorise', card: cardRef(8), amountFen: fen(500) });
  const voided = await player.send({
    kind: 'void',
    card: unseen,
    amountFen: null,
    original: { id: authorised.id, businessKey: null },
  });
  const paid = await player.send({ card: cardRef(8), amountFen: fen(300) });
  const refunded = await player.send({
    kind: 'refund',
    card: unseen,
    amountFen: fen(100),
    original: { id: paid.id, businessKey: null },
  });
  expect([voided.refusal, refunded.refusal]).toEqual([null, null]);
  expect(await look()).toMatchObject(green);
});

const entry = '(select min(id) from ledger.entries where kind = 1 and owner_id = 1000000)';
const aHold = '(select min(entry_id) from ledger.holds where state = 1)';
const endedHold = 'state = 3 and account_id = 16000050';
const lastOfLane = (lane: number) =>
  `lane = ${lane} and sequence = (select max(sequence) from ledger.groups where lane = ${lane})`;

interface Tampering {
  readonly title: string;
  readonly sql: string;
  readonly undo: string;
  /** Each check that turns red, and by how many fen. */
  readonly wrong: Partial<Record<CheckName, number>>;
}

const tamperings: readonly Tampering[] = [
  {
    title: 'a balance that was raised by one fen',
    sql: 'update ledger.accounts set balance_fen = balance_fen + 1 where id = 16000002',
    undo: 'update ledger.accounts set balance_fen = balance_fen - 1 where id = 16000002',
    wrong: { drift: 1 },
  },
  {
    title: 'a fen that was moved to a purse of another kind',
    sql: `update ledger.accounts set balance_fen = balance_fen + case id when 16000001 then 1 else -1 end
      where id in (16000001, 16000002)`,
    undo: `update ledger.accounts set balance_fen = balance_fen - case id when 16000001 then 1 else -1 end
      where id in (16000001, 16000002)`,
    wrong: { drift: 2 },
  },
  {
    title: 'a day total that was raised by one fen',
    sql: `update ledger.day_totals set credit_fen = credit_fen + 1 where account_id = 24 and lane = 1`,
    undo: `update ledger.day_totals set credit_fen = credit_fen - 1 where account_id = 24 and lane = 1`,
    wrong: { drift: 1, 'day-totals': 1 },
  },
  {
    title: 'a fen that was moved from one participant to another',
    sql: `update ledger.day_totals set credit_fen = credit_fen + case account_id when 24 then 1 else -1 end
      where account_id in (24, 40) and lane = 1`,
    undo: `update ledger.day_totals set credit_fen = credit_fen - case account_id when 24 then 1 else -1 end
      where account_id in (24, 40) and lane = 1`,
    wrong: { 'day-totals': 2 },
  },
  {
    title: 'a day total that counts one transaction less',
    sql: 'update ledger.day_totals set debit_count = debit_count - 1 where account_id = 2 and lane = 0',
    undo: 'update ledger.day_totals set debit_count = debit_count + 1 where account_id = 2 and lane = 0',
    wrong: { 'day-totals': 0 },
  },
  {
    title: 'a purse that holds one fen more than its holds',
    sql: 'update ledger.accounts set held_fen = held_fen + 1 where id = 16000034',
    undo: 'update ledger.accounts set held_fen = held_fen - 1 where id = 16000034',
    wrong: { holds: 1 },
  },
  {
    title: 'a purse that holds a fen and has no hold',
    sql: 'update ledger.accounts set held_fen = held_fen + 1 where id = 16000002',
    undo: 'update ledger.accounts set held_fen = held_fen - 1 where id = 16000002',
    wrong: { holds: 1 },
  },
  {
    title: 'a hold that is one fen larger than its purse holds',
    sql: `update ledger.holds set amount_fen = amount_fen + 1 where entry_id = ${aHold}`,
    undo: `update ledger.holds set amount_fen = amount_fen - 1 where entry_id = ${aHold}`,
    wrong: { holds: 1 },
  },
  {
    title: 'a hold that was opened again, with its money held again',
    sql: `create table held as select * from ledger.holds where ${endedHold};
      update ledger.accounts set held_fen = 950 where id = 16000050;
      update ledger.holds set state = 1, ended_by = null where ${endedHold}`,
    undo: `update ledger.accounts set held_fen = 0 where id = 16000050;
      update ledger.holds h set state = held.state, ended_by = held.ended_by from held
      where h.entry_id = held.entry_id and h.account_id = held.account_id; drop table held`,
    wrong: { holds: 950 },
  },
  {
    title: 'the hash of a group in the middle of a chain',
    sql: `create table held as select hash from ledger.groups where lane = 1 and sequence = 5;
      update ledger.groups set hash = sha256(hash) where lane = 1 and sequence = 5`,
    undo: `update ledger.groups set hash = held.hash from held where lane = 1 and sequence = 5; drop table held`,
    wrong: { 'chain-head': 0 },
  },
  {
    title: 'the hash of the head of a chain',
    sql: `create table held as select lane, sequence, hash from ledger.groups where ${lastOfLane(0)};
      update ledger.groups set hash = sha256(hash) where ${lastOfLane(0)}`,
    undo: `update ledger.groups g set hash = held.hash from held
      where g.lane = held.lane and g.sequence = held.sequence; drop table held`,
    wrong: { 'chain-head': 0 },
  },
  {
    title: 'a posting that was raised by one fen',
    sql: `update ledger.postings set amount_fen = amount_fen + 1 where entry_id = ${entry} and account_id < 16000000`,
    undo: `update ledger.postings set amount_fen = amount_fen - 1 where entry_id = ${entry} and account_id < 16000000`,
    wrong: { 'chain-head': 0, 'day-totals': 1 },
  },
  {
    title: 'a balance that was changed in the history',
    sql: `update ledger.postings set balance_fen = balance_fen + 1 where entry_id = ${entry} and account_id >= 16000000`,
    undo: `update ledger.postings set balance_fen = balance_fen - 1 where entry_id = ${entry} and account_id >= 16000000`,
    wrong: { 'chain-head': 0 },
  },
  {
    title: 'a posting that was deleted',
    sql: `create table held as select * from ledger.postings where entry_id = ${entry} and account_id < 16000000;
      delete from ledger.postings where entry_id = ${entry} and account_id < 16000000`,
    undo: 'insert into ledger.postings select * from held; drop table held',
    wrong: { 'chain-head': 0, 'day-totals': 100 },
  },
  {
    title: 'an entry that was given to another participant',
    sql: `update ledger.entries set participant_id = participant_id + 1 where id = ${entry}`,
    undo: `update ledger.entries set participant_id = participant_id - 1 where id = ${entry}`,
    wrong: { 'chain-head': 0 },
  },
  {
    title: 'a decline that was given another reason',
    sql: `update idempotency.outcomes set refusal = 'card-lost' where refusal = 'insufficient-funds'`,
    undo: `update idempotency.outcomes set refusal = 'insufficient-funds' where refusal = 'card-lost'`,
    wrong: { 'chain-head': 0 },
  },
];

describe('one fen or one row that somebody changed behind our back', () => {
  test.each(tamperings)(
    'turns a green lamp red, until it is put back: $title',
    async ({ sql, undo, wrong }) => {
      await tamper(sql);
      const red = await look();
      expect(red.state).toBe('red');
      expect(wrongOf(red)).toEqual(wrong);
      expect(red.findings.length).toBeGreaterThan(0);
      for (const { expected, found } of red.findings) expect(found).not.toBe(expected);
      // It stays so, and while the service goes on.
      await pay(1);
      expect(wrongOf(await look())).toEqual(wrong);
      await tamper(undo);
      expect(await look()).toMatchObject(green);
    },
  );

  test.each(tamperings)('is seen by one who never looked before: $title', async ({ sql, undo, wrong }) => {
    await owner.query('update settlement.lamp set watermark = null; delete from settlement.watched_totals');
    await tamper(sql);
    expect(wrongOf(await look())).toEqual(wrong);
    await tamper(undo);
    expect(await look()).toMatchObject(green);
  });
});

describe('the lamp itself', () => {
  const allGreen = `drift_fen = 0, checks = '[{"name": "drift", "wrong": 0, "amountFen": "0"}]', findings = '[]'`;

  test.each([
    ['green without a look', `update settlement.lamp set ${allGreen}, behind = 7`],
    [
      'looked at in the future',
      `update settlement.lamp set look = look + 1, ${allGreen}, computed_at = '2099-01-01'`,
    ],
    ['fresh without a look', 'update settlement.lamp set computed_at = clock_timestamp()'],
    ['never looked at', 'update settlement.lamp set look = look + 1, computed_at = null'],
    ['beyond all further looks', 'update settlement.lamp set look = 9223372036854775807'],
    ['back at an earlier look', 'update settlement.lamp set look = look - 1'],
    ['gone', 'delete from settlement.lamp'],
    ['there twice', 'insert into settlement.lamp (id, look) values (2, 0)'],
  ])('is not made %s by the role of the service', async (_, sql) => {
    const [{ sql: wrong, undo }] = tamperings as [(typeof tamperings)[number]];
    await tamper(wrong);
    expect((await look()).state).toBe('red');
    await expect(pool.query(sql)).rejects.toThrow();
    expect((await readLamp(sessionOf(pool)))?.state).toBe('red');
    await tamper(undo);
    expect(await look()).toMatchObject(green);
  });
});

describe('whoever looks next', () => {
  test('goes on from what was kept, and sums no posting twice', async () => {
    await look();
    await pay();
    expect(await look()).toMatchObject(green);
    const kept = await owner.query('select sum(debit_count)::int as n from settlement.watched_totals');
    const all = await owner.query(
      'select count(*)::int as n from ledger.postings where amount_fen < 0 and business_date = $1',
      [today],
    );
    expect(kept.rows).toEqual(all.rows);
  });

  test.each([
    ['none', 'update settlement.lamp set watermark = null'],
    ['one of another version', `update settlement.lamp set watermark = '{"version": 7}'`],
    ['one that was cut off', `update settlement.lamp set watermark = '{"version": 1, "days": ["2026"]}'`],
    ['sums that are gone', 'delete from settlement.watched_totals'],
    ['sums that are wrong', 'update settlement.watched_totals set debit_fen = debit_fen + 1'],
    [
      'sums of closed days that are wrong',
      `update settlement.lamp set watermark = watermark || '{"closedThrough": "2020-01-01", "closedFen": [[2, "5"]]}'`,
    ],
  ])('finds its way where it finds %s', async (_, sql) => {
    await pay();
    await owner.query(sql);
    expect(await look()).toMatchObject(green);
    await pay();
    expect(await look()).toMatchObject(green);
  });

  test('does not look while another does, nor before it is due', async () => {
    await pay();
    const meanwhile: boolean[] = [];
    const rest = async () => {
      meanwhile.push(await lookOnce({ pool, queues: [], pauseMs: 15_000, chain, atOnce: true }));
      return true;
    };
    await look({ chain: { ...chain, rest } });
    expect([...new Set(meanwhile)]).toEqual([false]);
    expect(await lookOnce({ pool, queues: [], pauseMs: 15_000, chain })).toBe(false);
  });

  test('may come after one whose connection broke in the middle', async () => {
    const gone = openPool(database.url, 1);
    const dying = lookOnce({
      pool: gone,
      queues: [
        { name: 'slow', statement: { name: 'slow', text: 'select 1::bigint, 1::bigint from pg_sleep(60)' } },
      ],
      pauseMs: 15_000,
      chain,
      atOnce: true,
    });
    const died = expect(dying).rejects.toThrow();
    const end = `select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(60)%'
      and pid <> pg_backend_pid()`;
    await expect.poll(async () => (await owner.query(end)).rowCount, { timeout: 30_000 }).toBe(1);
    await died;
    await gone.end();
    expect(await look()).toMatchObject(green);
  });
});

describe('a day with more groups than a look has time for', () => {
  const noTime = { newMs: 0, againMs: 0 };

  test('is gone through over many looks, and says how far behind it is', async () => {
    await owner.query('update settlement.lamp set watermark = null');
    const { behind, state } = await look({ chain: noTime });
    expect(state).toBe('green');
    expect(behind).toBeGreaterThan(130);
    expect(await look()).toMatchObject(green);
  });

  test('rests after each page, which is no time that it took, and ends after a page where it is told to', async () => {
    for (let round = 0; round < 30; round++) await pay(10);
    await owner.query('update settlement.lamp set watermark = null');
    const pages: PageDone[] = [];
    const rest = async (page: PageDone) => {
      pages.push(page);
      await sleep(500);
      return false;
    };
    const { behind, state, lookMs } = await look({ chain: { ...chain, rest } });
    expect(state).toBe('green');
    expect(behind).toBeGreaterThan(0);
    expect(pages).toMatchObject([{ part: 'new' }]);
    const [{ pageMs, leftMs } = { pageMs: 0, leftMs: 0 }] = pages;
    expect([pageMs > 0, leftMs > 0, Math.round(pageMs + leftMs) <= chain.newMs]).toEqual([true, true, true]);
    const startedAtMs = performance.now();
    const next = await look({ chain: { ...chain, rest } });
    expect(next.behind).toBeLessThan(behind);
    expect(performance.now() - startedAtMs - next.lookMs).toBeGreaterThan(490);
    expect(lookMs).toBeGreaterThan(0);
    expect(await look()).toMatchObject(green);
  });

  test('stays red where a group was found wrong, also in a look that comes to no other', async () => {
    const [hash] = tamperings.filter(({ title }) => title.startsWith('the hash of a group'));
    await tamper(hash?.sql ?? '');
    expect((await look()).state).toBe('red');
    expect(wrongOf(await look({ chain: { newMs: 0, againMs: 20 } }))).toEqual({ 'chain-head': 0 });
    await tamper(hash?.undo ?? '');
    expect(await look()).toMatchObject(green);
  });
});

describe('a day that is closed', () => {
  const roll = async () => {
    await closeDay(pool, today);
    today = [nextDay(today), hainanDay(Date.now())].sort().at(-1) as string;
  };

  test('is looked at to its end, and the next one begins at nought', async () => {
    await pay();
    await look();
    await pay();
    await roll();
    await pay();
    expect(await look()).toMatchObject({ ...green, businessDate: today });
    await pay();
    expect(await look()).toMatchObject(green);
    const kept = await owner.query(
      'select distinct business_date::text as day from settlement.watched_totals',
    );
    expect(kept.rows).toEqual([{ day: today }]);
  });

  test('keeps the lamp red where its totals are wrong, until they are right', async () => {
    const closed = today;
    await pay();
    const raise = (fen: number) =>
      tamper(
        `update ledger.day_totals set credit_fen = credit_fen + ${fen}
         where account_id = 24 and business_date = '${closed}'
           and lane = (select min(lane) from ledger.day_totals where account_id = 24 and business_date = '${closed}')`,
      );
    await roll();
    await raise(1);
    await pay();
    expect(wrongOf(await look())).toEqual({ drift: 1, 'day-totals': 1 });
    expect(wrongOf(await look())).toEqual({ drift: 1, 'day-totals': 1 });
    await raise(-1);
    expect(await look()).toMatchObject(green);
  });

  test('may be followed by others before anybody looks again', async () => {
    for (let days = 0; days < 3; days++) {
      await pay();
      await roll();
    }
    await pay();
    expect(await look()).toMatchObject({ ...green, businessDate: today });
  });
});
