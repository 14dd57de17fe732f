import { inTransaction, type Pool, type PoolClient } from '#platform/postgres.ts';

/** Runs `work` on the books as they stand at one moment, whatever is posted meanwhile; it can change nothing. */
export function inSnapshot<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(pool, async (client) => {
    await client.query('set transaction isolation level repeatable read, read only');
    return work(client);
  });
}
