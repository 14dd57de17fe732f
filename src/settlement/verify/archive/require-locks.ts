import type { Session, Statement } from '#platform/postgres.ts';
import { StartError } from '#platform/start-error.ts';

// Every partition and index of the journal, some of the rest, and the server's room for locks as it computes it.
const locks: Statement = {
  name: 'settlement-locks',
  text: `select (
      select count(*) from pg_inherits i
      left join pg_index x on x.indrelid = i.inhrelid
      where i.inhparent in ('ledger.entries'::regclass, 'ledger.postings'::regclass)) + (
      select count(*) from pg_inherits where inhparent in ('ledger.entries'::regclass, 'ledger.postings'::regclass)) + 500,
    current_setting('max_locks_per_transaction')::bigint,
    current_setting('max_connections')::bigint + current_setting('max_prepared_transactions')::bigint`,
};

/**
 * Throws, with the setting that is needed, where the server has no room for the locks of a statement over all days: it
 * would be given up in the middle, and others with it.
 */
export async function requireLocks(session: Session): Promise<void> {
  const [row = []] = (await session.run(locks)).rows;
  const [needed = 0, each = 0, transactions = 1] = row.map(Number);
  if (needed <= each * transactions) return;
  const setting = 2 ** Math.ceil(Math.log2(needed / transactions));
  throw new StartError(
    `数据库的锁数不足。The journal's days have ${needed} tables and indexes, which a verification locks at once, and the server has room for ${each * transactions}: set max_locks_per_transaction = ${setting} in postgresql.conf and restart it.`,
  );
}
