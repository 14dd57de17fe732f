import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { businessKey } from '#idempotency/rules/keys.ts';
import { hainanDay } from '#platform/calendar.ts';
import { migrate } from '#platform/schema/migrate.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';

const migrations = join(import.meta.dirname, '../../../drizzle');
const ours = 23;
let beside: TestDatabase;
let admin: pg.Client;
let url: string;
let folder: string;

/** The migrations before ours, in a folder of their own. */
function writeEarlier(): string {
  const made = mkdtempSync(join(tmpdir(), 'one-card-migrations-'));
  cpSync(migrations, made, { recursive: true });
  const file = join(made, 'meta', '_journal.json');
  const journal = JSON.parse(readFileSync(file, 'utf8'));
  const entries = journal.entries.filter(({ idx }: { idx: number }) => idx < ours);
  writeFileSync(file, JSON.stringify({ ...journal, entries }));
  return made;
}

beforeAll(async () => {
  beside = await createTestDatabase();
  admin = new pg.Client({ connectionString: beside.url });
  await admin.connect();
  const at = new URL(beside.url);
  at.pathname += '_before';
  url = at.href;
  await admin.query(`create database ${at.pathname.slice(1)} template template0`);
  folder = writeEarlier();
  await migrate(url, folder);
});
afterAll(async () => {
  await admin?.query(`drop database if exists ${new URL(url).pathname.slice(1)} with (force)`);
  await admin?.end();
  await beside?.drop();
  rmSync(folder, { recursive: true, force: true });
});

test('terminals that were there are in their batch, opened on the first day they posted in it', async () => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const terminals = [
    { id: 1, batch: 1, posted: ['2026-03-05', '2026-03-04', '2026-06-01'], openedOn: '2026-03-04' },
    // Its clock was wrong once: not before our first day.
    { id: 2, batch: 1, posted: ['2000-01-01', '2026-03-04'], openedOn: '2026-01-01' },
    { id: 3, batch: 1, posted: [], openedOn: hainanDay(Date.now()) },
    { id: 4, batch: 2, posted: ['2026-02-02'], before: ['2026-01-02'], openedOn: '2026-02-02' },
    { id: 99_999_999, batch: 999_999, posted: ['2026-05-05'], openedOn: '2026-05-05' },
  ];
  await client.query(
    `insert into ledger.business_days (business_date, opened_at) values ('2026-01-01', now())`,
  );
  let outcomes = 0;
  const post = (terminalId: number, batchNumber: number, localDate: string) =>
    client.query(
      `insert into idempotency.outcomes (id, card_id, local_time, business_date, bucket, kind, sector, business_key)
       values ($1, 1, now(), '2026-01-01', 1, 1, 1, $2)`,
      [++outcomes, businessKey({ terminalId, batchNumber, localDate, traceNumber: outcomes })],
    );
  for (const { id, batch, posted, before = [] } of terminals) {
    await client.query(
      `insert into terminals.terminals (id, participant_id, sector, allowed_kinds, batch_number, key_sealed)
       values ($1, 1, 'shops', '{}', $2, '')`,
      [id, batch],
    );
    for (const day of before) await post(id, batch - 1, day);
    for (const day of posted) await post(id, batch, day);
  }
  await migrate(url);
  const { rows } = await client.query(
    'select terminal_id, batch_number, opened_on::text, state from terminals.batches order by terminal_id',
  );
  await client.end();
  expect(rows.map((row) => Object.values(row))).toEqual(
    terminals.map(({ id, batch, openedOn }) => [id, batch, openedOn, 'open']),
  );
});
