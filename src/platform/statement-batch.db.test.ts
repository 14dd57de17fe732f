import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connectLane, type LaneConnection, type Statement } from './postgres.ts';
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts';

let database: TestDatabase;
let owner: pg.Client;
let lane: LaneConnection;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  await owner.query(`create table public.notes (id bigint primary key, text text, bytes bytea);
    grant all on public.notes to one_card_app`);
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});
beforeEach(async () => {
  await owner.query('truncate public.notes');
  lane = await connectLane({ url: database.url, idleInTransactionMs: 5_000, connectTimeoutMs: 5_000 });
});
afterEach(() => lane.end().catch(() => undefined));

const echo: Statement = { name: 'echo', text: 'select $1::bigint, $2::text' };
const add: Statement = {
  name: 'add',
  text: 'insert into public.notes (id, text, bytes) values ($1, $2, $3)',
};
const broken: Statement = { name: 'broken', text: 'select 1 / $1::int' };
const all: Statement = { name: 'all', text: 'select * from public.notes order by id' };
const statement = (text: string): Statement => ({ name: text, text });
const statusOf = (settled: readonly PromiseSettledResult<unknown>[]) => settled.map((one) => one.status);

describe('statements of one turn', () => {
  test('each gets its own answer, in the order in which they were sent', async () => {
    const answers = await Promise.all([
      lane.run(echo, [1n, 'one']),
      lane.run(statement('select 2, 3 union all select 4, 5')),
      lane.run(statement('begin')),
      lane.run(echo, [6, 'six']),
      lane.run(statement('select where false')),
      lane.run(statement('commit')),
    ]);
    expect(answers.map((answer) => answer.rows)).toEqual([
      [[1n, 'one']],
      [
        [2, 3],
        [4, 5],
      ],
      [],
      [[6n, 'six']],
      [],
      [],
    ]);
    expect(answers.map((answer) => answer.rowCount)).toEqual([1, 2, 0, 1, 0, 0]);
  });

  test('a thousand at once are a thousand answers', async () => {
    const answers = await Promise.all(Array.from({ length: 1_000 }, (_, i) => lane.run(echo, [i, `n${i}`])));
    expect(answers.map((answer) => answer.rows[0])).toEqual(
      Array.from({ length: 1_000 }, (_, i) => [BigInt(i), `n${i}`]),
    );
  });

  test('those of a later turn wait their turn, and are answered too', async () => {
    const first = lane.run(echo, [1, 'first']);
    await new Promise((resolve) => setImmediate(resolve));
    const second = lane.run(echo, [2, 'second']);
    expect((await Promise.all([first, second])).map((answer) => answer.rows[0]?.[1])).toEqual([
      'first',
      'second',
    ]);
  });

  test('it is told how many rows were touched', async () => {
    await lane.run(add, [1, 'a', null]);
    await lane.run(add, [2, 'b', null]);
    expect((await lane.run(statement(`update public.notes set text = 'c'`))).rowCount).toBe(2);
    expect((await lane.run(statement('delete from public.notes where id > 1'))).rowCount).toBe(1);
    expect((await lane.run(all)).rowCount).toBe(1);
  });
});

describe('values', () => {
  test('nothing stays nothing, and bytes stay bytes', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    await Promise.all([
      lane.run(add, [1, null, null]),
      lane.run(add, [2, '', bytes]),
      lane.run(add, [3, '椰岛', Buffer.alloc(0)]),
    ]);
    expect((await lane.run(all)).rows).toEqual([
      [1n, null, null],
      [2n, '', bytes],
      [3n, '椰岛', Buffer.alloc(0)],
    ]);
  });

  test('a bigint is a bigint, a day and a local time are text, as they were written', async () => {
    const text = `select 9223372036854775807, date '2026-11-22', timestamp '2026-11-22 08:30:00', true, 7::smallint`;
    const mixed = { name: 'mixed', text };
    expect((await lane.run(mixed)).rows[0]).toEqual([
      9_223_372_036_854_775_807n,
      '2026-11-22',
      '2026-11-22 08:30:00',
      true,
      7,
    ]);
  });
});

describe('an error', () => {
  test('it fails its statement and those sent after it; what was before it is answered, and the connection goes on', async () => {
    const settled = await Promise.allSettled([
      lane.run(echo, [1, 'before']),
      lane.run(broken, [0]),
      lane.run(add, [1, 'after', null]),
      lane.run(echo, [2, 'after']),
    ]);
    expect(statusOf(settled)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
    const reasons = settled.slice(1).map((one) => (one.status === 'rejected' ? one.reason.code : null));
    expect(new Set(reasons)).toEqual(new Set(['22012']));
    expect((await lane.run(all)).rows).toEqual([]);
    expect(lane.isOpen()).toBe(true);
  });

  test('a statement that failed, or was skipped, or ran before, runs again on the same connection', async () => {
    await Promise.all([lane.run(broken, [1]), lane.run(echo, [0, 'prepared'])]);
    for (let round = 0; round < 3; round++) {
      const settled = await Promise.allSettled([
        lane.run(add, [round, 'x', null]),
        lane.run(broken, [0]),
        lane.run(echo, [1, 'skipped']),
      ]);
      expect(statusOf(settled)).toEqual(['fulfilled', 'rejected', 'rejected']);
      expect((await lane.run(broken, [1])).rows).toEqual([[1]]);
      expect((await lane.run(echo, [round, 'again'])).rows).toEqual([[BigInt(round), 'again']]);
    }
  });

  test('a transaction that failed can be rolled back behind it, and nothing of it stays', async () => {
    const group = [
      lane.run(statement('begin')),
      lane.run(add, [1, 'a', null]),
      lane.run(add, [1, 'twice', null]),
      lane.run(statement('commit')),
    ];
    const settled = await Promise.allSettled(group);
    expect(statusOf(settled)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
    await lane.run(statement('rollback'));
    expect((await lane.run(all)).rows).toEqual([]);
  });

  test('a statement that cannot even be read fails alike', async () => {
    await expect(lane.run(statement('select from nowhere'))).rejects.toMatchObject({ code: '42P01' });
    await expect(lane.run(statement(''))).rejects.toThrow('empty statement');
    expect((await lane.run(echo, [1, 'on'])).rows).toEqual([[1n, 'on']]);
  });

  test('a table that got a column makes its statement fail once; then it is prepared anew, with the column', async () => {
    await lane.run(add, [1, 'a', null]);
    expect((await lane.run(all)).rows).toEqual([[1n, 'a', null]]);
    await owner.query(`alter table public.notes add column mark bigint default 7`);
    await expect(lane.run(all)).rejects.toMatchObject({ code: '0A000' });
    expect((await lane.run(all)).rows).toEqual([[1n, 'a', null, 7n]]);
    await owner.query('alter table public.notes drop column mark');
  });
});

describe('a connection that is gone', () => {
  test('destroyed in the middle, everything under way and everything after is rejected', async () => {
    const slow = [lane.run(statement('select pg_sleep(5)')), lane.run(echo, [1, 'x'])];
    await new Promise((resolve) => setTimeout(resolve, 50));
    const queued = lane.run(echo, [2, 'queued']);
    lane.destroy();
    const settled = await Promise.allSettled([...slow, queued, lane.run(echo, [3, 'after'])]);
    expect(statusOf(settled)).toEqual(['rejected', 'rejected', 'rejected', 'rejected']);
    await lane.closed;
    expect(lane.isOpen()).toBe(false);
    await expect(lane.run(echo, [4, 'much later'])).rejects.toThrow();
  });

  test('ended by the server in the middle, everything under way is rejected', async () => {
    const pid = (await lane.run(statement('select pg_backend_pid()'))).rows[0]?.[0];
    const running = [
      lane.run(statement('begin')),
      lane.run(add, [1, 'a', null]),
      lane.run(statement('select pg_sleep(5)')),
      lane.run(statement('commit')),
    ];
    const settled = Promise.allSettled(running);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await owner.query('select pg_terminate_backend($1)', [pid]);
    expect(statusOf(await settled).slice(2)).toEqual(['rejected', 'rejected']);
    await lane.closed;
    expect((await owner.query('select from public.notes')).rowCount).toBe(0);
  });
});
