import type pg from 'pg';
import { type Statement, sessionOf } from '#platform/postgres.ts';
import { runChecks } from '#settlement/verify/run-checks.ts';
import type { Wrong } from '#settlement/verify/wrong.ts';

/** What the proofs find in rows as they are; null: nothing. */
export async function findWrongRow(owner: pg.Pool, proofs: readonly Statement[]): Promise<Wrong | null> {
  const client = await owner.connect();
  try {
    return await runChecks(sessionOf(client), [['proofs', proofs]]);
  } finally {
    client.release();
  }
}

/**
 * Does what somebody with all rights over the database does, with every trigger off, asks the proofs, and takes it
 * back. The last statement gives the key of the row that is to be named.
 */
export async function afterTampering(
  owner: pg.Pool,
  sql: string,
  proofs: readonly Statement[],
): Promise<{ readonly key: string; readonly wrong: Wrong | null }> {
  const client = await owner.connect();
  try {
    await client.query('begin');
    await client.query('set local session_replication_role = replica');
    const answers = [await client.query({ text: sql, rowMode: 'array' })].flat();
    const key = String(answers.at(-1)?.rows[0]?.[0]);
    return { key, wrong: await runChecks(sessionOf(client), [['proofs', proofs]]) };
  } finally {
    await client.query('rollback');
    client.release();
  }
}
