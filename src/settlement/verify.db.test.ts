import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hainanDay, nextDay } from '#platform/calendar.ts';
import { openOwnerPool, openPool, sessionOf } from '#platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { playBusyHistory } from '#testing/history/busy-history.ts';
import { openInstance, openPlayer } from '#testing/history/players.ts';
import { buildTown, cardRef, town } from '#testing/town.ts';
import { closeDay } from './close-day.ts';
import { bookChecks, runChecks } from './verify/run-checks.ts';
import { verify } from './verify.ts';

let database: TestDatabase;
/** The day that the cut-off opens: the next one, or the calendar's where that is further on. */
const secondDay = [nextDay(town.firstDay), hainanDay(Date.now())].sort().at(-1) as string;

/** A busy first day, a quiet second one, both closed; a third that is open; two lanes in use. */
beforeAll(async () => {
  database = await createTestDatabase();
  const owner = openOwnerPool(database.url);
  const pool = openPool(database.url, 4);
  await buildTown(sessionOf(owner), { merchants: 3, cards: 12 });
  await playBusyHistory({ url: database.url, pool, lanes: 2, groupSizeMax: 8 });
  await closeDay(pool, town.firstDay);
  const instance = await openInstance({ url: database.url, pool });
  const player = openPlayer(instance, secondDay);
  for (let card = 0; card < 5; card++) await player.send({ card: cardRef(card) });
  await closeDay(pool, secondDay);
  for (let card = 0; card < 5; card++) await player.send({ card: cardRef(card) });
  await instance.close();
  await pool.end();
  await owner.end();
});

afterAll(() => database.drop());

describe('books that nobody touched', () => {
  test('are found right: every kind of entry, over two closed days and an open one', async () => {
    const pool = openPool(database.url, 1);
    const result = await verify(pool);
    await pool.end();
    expect(result).toMatchObject({ ok: true, counts: { closedDays: 2, holds: 7, corrections: 9 } });
    expect(result.ok && result.counts.outcomes).toBeGreaterThan(130);
    expect(result.ok && result.counts.postings).toBeGreaterThan(result.ok ? result.counts.entries : 0);
  });

  test('are gone through stage by stage, each to its end', async () => {
    const pool = openPool(database.url, 1);
    const seen: [string, number, number][] = [];
    await verify(pool, (...step) => seen.push(step));
    await pool.end();
    const ends = seen.filter(([, done, total]) => done === total).map(([stage]) => stage);
    expect(ends).toEqual(['chain', 'balances', 'holds', 'corrections', 'day totals', 'keys', 'seals']);
  });
});

/** The first payment of the town's card 0: entry, purse and payable. */
const entry = `(select min(id) from ledger.entries where kind = 1 and owner_id = 1000000)`;
const purse = 'account_id >= 16000000';
const account = `format('bucket %s, id %s', bucket, id)`;
const posting = `format('entry %s, account %s', entry_id, account_id)`;
const group = `format('lane %s, sequence %s, ids %s to %s', lane, sequence, first_id, first_id + outcome_count - 1)`;
const groupOf = (id: string) =>
  `select ${group} from ledger.groups where ${id} between first_id and first_id + outcome_count - 1`;
const withoutKeys = `alter table idempotency.outcomes drop constraint outcomes_id,
  drop constraint outcomes_business_key_once; drop index idempotency.outcomes_caller_key_once;`;
const declined = (nth: number) =>
  `(select id from idempotency.outcomes where refusal = 'insufficient-funds' order by id offset ${nth} limit 1)`;
const aHold = '(select min(entry_id) from ledger.holds)';
const aCorrection = '(select min(entry_id) from ledger.corrections)';

/** The purse on which a capture and two voids were reversed. */
const undone = 16_000_098;

/** What an attacker with all rights over the database does; each gives the key of the row that is to be named. */
const anEvent = `format('sequence %s', sequence)`;
const tamperings: readonly (readonly [title: string, table: string, sql: string])[] = [
  [
    'an amount that was changed on one side',
    'ledger.postings',
    `update ledger.postings set amount_fen = amount_fen + 5 where entry_id = ${entry} and not ${purse}
     returning format('entry %s', entry_id)`,
  ],
  [
    'an amount that was changed on both sides',
    'ledger.postings',
    `with u as (update ledger.postings set amount_fen = amount_fen * 2 where entry_id = ${entry} returning *)
     select ${posting} from u where ${purse}`,
  ],
  [
    'a balance that was changed in the history',
    'ledger.postings',
    `update ledger.postings set balance_fen = balance_fen + 1 where entry_id = ${entry} and ${purse}
     returning ${posting}`,
  ],
  [
    'a balance that a participant never carried',
    'ledger.postings',
    `update ledger.postings set balance_fen = 7 where entry_id = ${entry} and not ${purse} returning ${posting}`,
  ],
  [
    'a posting that was deleted',
    'ledger.postings',
    `delete from ledger.postings where entry_id = ${entry} and ${purse} returning format('entry %s', entry_id)`,
  ],
  [
    'a posting that was moved to another day',
    'ledger.postings',
    `update ledger.postings set business_date = '${secondDay}' where entry_id = ${entry} and ${purse}
     returning ${posting}`,
  ],
  [
    'an entry that was deleted with its postings',
    'idempotency.outcomes',
    `with p as (delete from ledger.postings where entry_id = ${entry})
     delete from ledger.entries where id = ${entry} returning format('id %s', id)`,
  ],
  [
    'an entry that was given to another participant',
    'ledger.groups',
    `update ledger.entries set participant_id = 3 where id = ${entry}; ${groupOf(entry)}`,
  ],
  [
    'an entry that was moved to another day',
    'ledger.entries',
    `update ledger.entries set business_date = '${secondDay}' where id = ${entry} returning format('id %s', id)`,
  ],
  [
    'an outcome that was deleted with its entry',
    'idempotency.outcomes',
    `with p as (delete from ledger.postings where entry_id = ${entry}),
       e as (delete from ledger.entries where id = ${entry})
     delete from idempotency.outcomes where id = ${entry} returning format('id %s', id)`,
  ],
  [
    'a decline that was made an approval',
    'idempotency.outcomes',
    `update idempotency.outcomes set refusal = null where id = ${declined(0)} returning format('id %s', id)`,
  ],
  [
    'an approval that was made a decline',
    'ledger.entries',
    `update idempotency.outcomes set refusal = 'card-lost' where id = ${entry} returning format('id %s', id)`,
  ],
  [
    'two declines that were swapped',
    'ledger.groups',
    `alter table idempotency.outcomes drop constraint outcomes_id;
     with pair as (select ${declined(0)} as a, ${declined(1)} as b)
     update idempotency.outcomes set id = case when id = a then b else a end from pair where id in (a, b);
     ${groupOf(declined(0))}`,
  ],
  [
    'a reason for a decline that was changed',
    'ledger.groups',
    `with u as (update idempotency.outcomes set refusal = 'card-lost' where id = ${declined(0)} returning id)
     select ${group} from ledger.groups, u where u.id between first_id and first_id + outcome_count - 1`,
  ],
  [
    'an entry that says of a detail that it is not there',
    'ledger.entries',
    `update ledger.entries set has_detail = not has_detail where id = ${entry} returning format('id %s', id)`,
  ],
  [
    'a hash that was changed',
    'ledger.groups',
    `update ledger.groups set hash = sha256(hash) where sequence = 5 and lane = 1 returning ${group}`,
  ],
  [
    'a group that was taken out with all its rows',
    'ledger.groups',
    `with g as (delete from ledger.groups where sequence = 5 and lane = 0 returning *),
       o as (delete from idempotency.outcomes o using g where o.id between first_id and first_id + outcome_count - 1),
       e as (delete from ledger.entries e using g where e.id between first_id and first_id + outcome_count - 1)
     delete from ledger.postings p using g where entry_id between first_id and first_id + outcome_count - 1;
     select ${group} from ledger.groups where sequence = 6 and lane = 0`,
  ],
  [
    'a group that was moved to a day the books do not have',
    'ledger.groups',
    `update ledger.groups set business_date = '2026-11-21' where sequence = 1 and lane = 0
     returning format('lane %s, sequence %s', lane, sequence)`,
  ],
  [
    'a payment that was written in without a group',
    'idempotency.outcomes',
    `insert into ledger.entries select owner_id, id + 9, original_id, business_date, participant_id, terminal_id,
       bucket, kind, sector from ledger.entries where id = ${entry};
     insert into ledger.postings select entry_id + 9, account_id, amount_fen, balance_fen, business_date, bucket
       from ledger.postings where entry_id = ${entry};
     insert into idempotency.outcomes select id + 9, card_id, amount_fen, original_id, local_time, business_date,
       bucket, kind, sector, gen_random_uuid(), null, null, null from idempotency.outcomes where id = ${entry}
     returning format('id %s', id)`,
  ],
  [
    'a balance that was raised',
    'ledger.accounts',
    `update ledger.accounts set balance_fen = balance_fen + 1 where id = 16000002 returning ${account}`,
  ],
  [
    'a purse that holds more than its holds',
    'ledger.accounts',
    `update ledger.accounts set held_fen = held_fen + 1 where id = 16000034 returning ${account}`,
  ],
  [
    'a last entry that is not the last',
    'ledger.accounts',
    `update ledger.accounts set last_entry_id = last_entry_id - 1 where id = 16000050 returning ${account}`,
  ],
  [
    'a purse that was deleted',
    'ledger.accounts',
    `delete from ledger.accounts where id = 16000002 returning ${account}`,
  ],
  [
    'a capture that was forgotten',
    'ledger.holds',
    `update ledger.holds set captured_fen = captured_fen - 100 where entry_id = ${aHold} returning ${posting}`,
  ],
  [
    'a hold that was opened again',
    'ledger.accounts',
    `with h as (update ledger.holds set state = 1, ended_by = null where state = 3 and account_id = 16000050 returning *)
     select format('bucket %s, id %s', bucket, account_id) from h`,
  ],
  [
    'a hold that was opened again, with the money held again',
    'ledger.holds',
    `update ledger.accounts set held_fen = 950 where id = 16000050;
     update ledger.holds set state = 1, ended_by = null where state = 3 and account_id = 16000050 returning ${posting}`,
  ],
  [
    'a hold that is larger than its authorisation, with the money held',
    'ledger.holds',
    `update ledger.accounts set held_fen = held_fen + 40 where id = 16000034;
     update ledger.holds set amount_fen = amount_fen + 40 where account_id = 16000034
     returning format('entry %s', entry_id)`,
  ],
  [
    'a hold that nobody asked for',
    'ledger.holds',
    `update ledger.holds set entry_id = ${entry} where entry_id = ${aHold} returning ${posting}`,
  ],
  [
    'a hold that nothing ended',
    'ledger.holds',
    `update ledger.holds set ended_by = null where state = 3 and account_id = 16000050 returning ${posting}`,
  ],
  [
    'a hold of which some was let go of, with the money free',
    'ledger.holds',
    `update ledger.accounts set held_fen = held_fen - 10 where id = 16000034;
     update ledger.holds set freed_fen = 10 where account_id = 16000034 returning ${posting}`,
  ],
  [
    'a capture that was reversed and is counted again',
    'ledger.holds',
    `update ledger.holds set captured_fen = 700 where account_id = ${undone} returning ${posting}`,
  ],
  [
    'a void that was reversed and is counted again',
    'ledger.corrections',
    `update ledger.corrections set returned_fen = original_fen where account_id = ${undone} and returned_fen = 10
     returning ${posting}`,
  ],
  [
    'a refund that was forgotten',
    'ledger.corrections',
    `update ledger.corrections set returned_fen = returned_fen - 1 where entry_id = ${aCorrection} returning ${posting}`,
  ],
  [
    'a correction of more than the original',
    'ledger.corrections',
    `update ledger.corrections set original_fen = original_fen + 1 where entry_id = ${aCorrection} returning ${posting}`,
  ],
  [
    'a correction that was deleted',
    'ledger.corrections',
    `delete from ledger.corrections where entry_id = ${aCorrection} returning ${posting}`,
  ],
  [
    'a day total that was raised',
    'ledger.day_totals',
    `update ledger.day_totals set credit_fen = credit_fen + 1 where account_id = 24
       and business_date = '${town.firstDay}' and lane = 1
     returning format('day %s, account %s, lane %s', business_date, account_id, lane)`,
  ],
  [
    'a day total that counts one transaction less',
    'ledger.day_totals',
    `update ledger.day_totals set debit_count = debit_count - 1 where account_id = 2
       and business_date = '${town.firstDay}' and lane = 0
     returning format('day %s, account %s, lane %s', business_date, account_id, lane)`,
  ],
  [
    'a day total that was counted in another lane',
    'ledger.day_totals',
    `update ledger.day_totals set lane = 9, bucket = 9 where account_id = 24
       and business_date = '${town.firstDay}' and lane = 0
     returning format('day %s, account %s, lane 0', business_date, account_id)`,
  ],
  [
    'a net that was raised',
    'settlement.nets',
    `update settlement.nets set credit_fen = credit_fen + 1 where business_date = '${secondDay}'
     returning format('day %s, participant %s', business_date, participant_id)`,
  ],
  [
    'a net that was deleted',
    'settlement.nets',
    `delete from settlement.nets where business_date = '${town.firstDay}' and participant_id = 2
     returning format('day %s, participant %s', business_date, participant_id)`,
  ],
  [
    'a seal that was changed',
    'settlement.seals',
    `update settlement.seals set hash = sha256(hash) where business_date = '${secondDay}'
     returning format('day %s', business_date)`,
  ],
  [
    'a seal that was deleted',
    'settlement.seals',
    `delete from settlement.seals where business_date = '${town.firstDay}' returning format('day %s', business_date)`,
  ],
  [
    'a lane head that was changed',
    'ledger.day_seals',
    `update ledger.day_seals set hash = sha256(hash) where business_date = '${town.firstDay}' and lane = 1
     returning format('day %s, lane %s', business_date, lane)`,
  ],
  [
    'a closed day that was opened again',
    'ledger.day_seals',
    `update ledger.business_days set closed_at = now() where closed_at is null;
     update ledger.business_days set closed_at = null where business_date = '${town.firstDay}'
     returning format('day %s', business_date)`,
  ],
  [
    'an act that was put down to somebody else',
    'audit.events',
    `update audit.events set actor_id = 99 where sequence = 2 returning ${anEvent}`,
  ],
  [
    'an act that was taken out of the trail',
    'audit.events',
    `delete from audit.events where sequence = 2 returning format('sequence %s', sequence + 1)`,
  ],
  [
    'the end of the trail that was cut off',
    'audit.events',
    `delete from audit.events where sequence > 2; select 'day ${secondDay}'`,
  ],
];

describe('books that somebody changed with all rights over the database', () => {
  test.each(tamperings)('are found wrong at the row: %s', async (_, table, sql) => {
    const { key, result } = await onCopy(sql, (url) => withPool(url, verify));
    if (result.ok) throw new Error('the books were found right');
    expect(result.wrong).toMatchObject({ table, key });
    expect(result.wrong.expected).not.toBe(result.wrong.found);
  });

  // Behind these stands the chain: whoever writes rows in is found there first, so they are asked alone.
  test.each([
    [
      'a business key that was used with two cards',
      `${withoutKeys} insert into idempotency.outcomes select id, card_id, amount_fen, original_id, local_time, business_date,
         (bucket + 1) % 256, kind, sector, business_key, null, refusal, detail
       from idempotency.outcomes where id = ${entry} returning format('business_key %s', business_key)`,
    ],
    [
      "a caller's key that was used with two cards",
      `${withoutKeys} insert into idempotency.outcomes select id, card_id, amount_fen, original_id, local_time, business_date,
         (bucket + 1) % 256, kind, sector, gen_random_uuid(), caller_key, refusal, detail
       from idempotency.outcomes where id = ${entry} returning format('caller_key %s', caller_key)`,
    ],
    [
      'an original that was reversed twice',
      `insert into ledger.entries select owner_id, id + 9, original_id, business_date, participant_id, terminal_id,
         bucket, kind, sector from ledger.entries where kind = 7 and original_id is not null order by id limit 1
       returning format('id %s', id)`,
    ],
  ])('show %s', async (_, sql) => {
    const { key, result } = await onCopy(sql, (url) =>
      withPool(url, (pool) => runChecks(sessionOf(pool), bookChecks)),
    );
    expect(result).toMatchObject({ stage: 'keys', key });
  });
});

/** Changes a copy of the books, with every guard off, and looks at it; the statement gives the row's key. */
async function onCopy<T>(
  sql: string,
  look: (url: string) => Promise<T>,
): Promise<{ key: string; result: T }> {
  const name = `${new URL(database.url).pathname.slice(1)}_copy`;
  await run(database.url, '/postgres', `create database ${name} template ${name.slice(0, -5)}`);
  try {
    const key = await run(database.url, `/${name}`, `set session_replication_role = replica; ${sql}`);
    const url = new URL(database.url);
    url.pathname = `/${name}`;
    return { key, result: await look(url.href) };
  } finally {
    await run(database.url, '/postgres', `drop database ${name} with (force)`);
  }
}

/** Runs statements in a database of the server, and gives the last one's single value. */
async function run(serverUrl: string, pathname: string, sql: string): Promise<string> {
  const url = new URL(serverUrl);
  url.pathname = pathname;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    const answers = [await client.query({ text: sql, rowMode: 'array' })].flat();
    return String(answers.at(-1)?.rows[0]?.[0]);
  } finally {
    await client.end();
  }
}

async function withPool<T>(url: string, look: (pool: pg.Pool) => Promise<T>): Promise<T> {
  const pool = openPool(url, 1);
  try {
    return await look(pool);
  } finally {
    await pool.end();
  }
}
