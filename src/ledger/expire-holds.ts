import type { Pool, Session, Statement } from '#platform/postgres.ts';
import { inTransaction, sessionOf } from '#platform/postgres.ts';
import { accountOwner, bucketOf } from './rules/accounts.ts';
import type { Account } from './rules/entry.ts';
import { isExpired, releaseHolds } from './rules/holds.ts';
import { findOpenHolds, lockAccounts, saveHolds, updateAccounts } from './store.ts';

const due: Statement = {
  name: 'ledger-due-holds',
  text: `select account_id, (extract(epoch from clock_timestamp()) * 1000)::bigint from (
      select distinct account_id from ledger.holds where state = 1 and expires_at <= clock_timestamp() limit $1) d
    order by account_id`,
};

/** Purses swept in one transaction: their locks are held only for a moment. */
export const sweepMax = 200;

/**
 * Tidies up holds whose time is over. It decides nothing: every reader and every group takes them as expired
 * from their last moment on. Gives how many purses were swept; fewer than `sweepMax` means that it is done.
 */
export function expireHolds(pool: Pool): Promise<number> {
  return inTransaction(pool, (client) => sweep(sessionOf(client)));
}

async function sweep(session: Session): Promise<number> {
  const { rows } = await session.run(due, [sweepMax]);
  if (rows.length === 0) return 0;
  const keys = rows.map(([id]) => ({ bucket: bucketOf(accountOwner(id as bigint)), id: id as bigint }));
  const nowMs = Number(rows[0]?.[1]);
  const accounts: Map<bigint, Account> = await lockAccounts(session, keys);
  const holds = (await findOpenHolds(session, keys)).filter((hold) => isExpired(hold, nowMs));
  const released = releaseHolds(holds, accounts, 'expired');
  // Somebody else swept them between the look and the lock.
  if (typeof released === 'string') return 0;
  const inBucket = <Row extends { accountId: bigint } | { id: bigint }>(row: Row) => ({
    ...row,
    bucket: bucketOf(accountOwner('accountId' in row ? row.accountId : row.id)),
  });
  await updateAccounts(session, released.accounts.map(inBucket));
  await saveHolds(session, released.holds.map(inBucket));
  return rows.length;
}
