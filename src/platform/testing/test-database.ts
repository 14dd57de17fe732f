import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

/** A database of the test file's own. */
export type TestDatabase = { url: string; drop(): Promise<void> };

/** Copies the migrated template. Drop it in `afterAll`; sessions left open are ended by the drop. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await runAtServer(`create database ${name} template one_card_template`);
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => runAtServer(`drop database if exists ${name} with (force)`) };
}

async function runAtServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('databaseUrl') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
