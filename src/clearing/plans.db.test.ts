import { afterAll, beforeAll, expect, test } from 'vitest';
import { cutOff } from '#ledger/cut-off.ts';
import { connectLane, type LaneConnection, type Session, sessionOf } from '#platform/postgres.ts';
import { authorise, payment, refundOf, tap } from '#testing/history/every-kind.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { loadTown } from '#testing/town.ts';
import { clear } from './clear.ts';
import { keepReference } from './reference.ts';
import type { Request } from './request.ts';
import type { Reference } from './rules/state.ts';
import type { LaneHead } from './store.ts';

const partitions = 60;
/** PostgreSQL plans a statement anew five times before it may keep a plan for ever. */
const warmUps = 8;
const lane = 41;
let opened: TestTown;
let connection: LaneConnection;
let reference: Reference;
let head: LaneHead | null = null;

beforeAll(async () => {
  opened = await openTestTown({ merchants: 1, cards: 20 });
  await loadTown(await opened.open(), { cards: 20, amountFen: 100_000n });
  await opened.owner.query(
    `select ledger.add_day_partitions(business_date + n) from ledger.business_days, generate_series(1, $1) n`,
    [partitions],
  );
  connection = await connectLane({ url: opened.url, idleInTransactionMs: 5_000, connectTimeoutMs: 5_000 });
  reference = (await keepReference(sessionOf(opened.pool))).current();
});
afterAll(async () => {
  await connection?.end();
  await opened?.close();
});

const openDay = async () =>
  (await opened.pool.query('select business_date as day from ledger.business_days where closed_at is null'))
    .rows[0].day as string;

const ofJournal = `~ '^(entries|postings)_[0-9]+$'`;
/** The partitions that a transaction has locked so far, and those of which it has read or written rows. */
const touched = {
  name: 'test-touched',
  text: `select
    (select string_agg(distinct c.relname, ' ') from pg_locks l join pg_class c on c.oid = l.relation
      where l.pid = pg_backend_pid() and c.relname ${ofJournal}),
    (select string_agg(relname, ' ') from pg_stat_xact_all_tables
      where relname ${ofJournal} and coalesce(seq_scan, 0) + coalesce(idx_scan, 0) + n_tup_ins > 0),
    pg_stat_force_next_flush()`,
};

/** Clears a group: the statements that were sent for it, and the partitions that it had touched at its commit. */
async function clearAndLook(requests: readonly Request[]) {
  const sent: string[] = [];
  let names: unknown[] = [];
  const session: Session = {
    run: async (statement, values) => {
      sent.push(statement.name);
      if (statement.name === 'commit') names = (await connection.run(touched)).rows[0] ?? [];
      return connection.run(statement, values);
    },
  };
  const cleared = await clear(session, requests, { lane, head, reference, clock: (nowMs) => nowMs });
  if ('staleFor' in cleared) throw new Error('the reference data is old');
  head = cleared.head;
  const ids = cleared.decisions.map((decision) => {
    if (decision.status !== 'decided' || decision.refusal !== null) throw new Error('not approved');
    return decision.id;
  });
  const [locked, read] = names.map((some) => String(some).split(' ').toSorted());
  return { sent, ids, locked, read };
}

const of = (...days: string[]) =>
  ['entries', 'postings']
    .flatMap((table) => days.map((day) => `${table}_${day.replaceAll('-', '')}`))
    .toSorted();

/** What a group of payments, taps and authorisations sent before the journal was partitioned, and sends now. */
const statements = [
  ...[
    'begin',
    'ledger-share-day',
    'ledger-lock',
    'ledger-purpose-purses',
    'ledger-open-day',
    'clearing-known',
  ],
  ...['cards-states', 'ledger-open-holds', 'shops-spending', 'transit-riders', 'idempotency-insert'],
  ...['ledger-insert-entries', 'ledger-insert-postings', 'ledger-update-accounts', 'ledger-raise-day-totals'],
  ...['ledger-save-holds', 'shops-write-spending', 'transit-write-riders', 'ledger-insert-group', 'commit'],
];

test('a group locks the partition of the open day and no other of sixty, by the same statements and plans that are kept', async () => {
  const group = (card: number) => [payment(card), tap(card), authorise(card)];
  for (let card = 0; card <= warmUps; card++) {
    const { sent, locked, read } = await clearAndLook(group(card));
    expect(sent).toEqual(statements);
    expect(locked).toEqual(of(await openDay()));
    expect(read).toEqual(of(await openDay()));
  }
  const { rows } = await connection.run({
    name: 'test-plans',
    text: `select name, generic_plans > ${warmUps}, custom_plans from pg_prepared_statements
      where statement ~ '(entries|postings|legs_of)' and name !~ '^test' order by 1`,
  });
  expect(rows).toEqual(
    ['clearing-known', 'ledger-insert-entries', 'ledger-insert-postings'].map((name) => [name, true, 0n]),
  );
});

test('a refund reads the partition of its original besides, and of the others no row', async () => {
  const paid = await clearAndLook(Array.from({ length: warmUps + 1 }, (_, card) => payment(card)));
  const day = await openDay();
  await cutOff(opened.pool, day);
  for (const [card, id] of paid.ids.entries()) {
    const { read } = await clearAndLook([refundOf(card, id)]);
    expect(read).toEqual(of(day, await openDay()));
  }
});
