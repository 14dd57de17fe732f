import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { dumpSchema } from './schema-dump.ts';

const committed = join(import.meta.dirname, '../../../drizzle/schema.sql');

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

describe('the schema dump', () => {
  test('is the committed drizzle/schema.sql (if not: npm run schema:dump)', async () => {
    expect(await dumpSchema(database.url)).toBe(readFileSync(committed, 'utf8'));
  });

  test('shows a guard that was dropped and a right that was given', async () => {
    const before = await dumpSchema(database.url);
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(`
      create schema probe;
      create table probe.books (n integer check (n > 0)) with (fillfactor = 70);
      grant select, insert on probe.books to one_card_app`);
    await client.end();
    const after = await dumpSchema(database.url);
    expect(before).not.toContain('probe');
    expect(after).toContain('create table probe.books (\n  n integer\n) with (fillfactor=70);');
    expect(after).toContain('alter table probe.books add constraint books_n_check CHECK ((n > 0));');
    expect(after).toContain('grant insert, select on table probe.books to one_card_app;');
  });
});
