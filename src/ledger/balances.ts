import type { Session, Statement } from '#platform/postgres.ts';
import { accountCode, bucketOf, type Purse, purses } from './rules/accounts.ts';

/** A purse as its holder sees it. Available is what it can pay now: posted less held, down to the floor. */
export interface Balance {
  readonly purse: Purse;
  readonly postedFen: bigint;
  readonly heldFen: bigint;
  readonly availableFen: bigint;
}

// A hold stops counting at its last moment, also before the sweeper comes: what is due is taken off here. The
// index of open holds holds few rows, so a balance costs the same whatever the history is.
const read: Statement = {
  name: 'ledger-balances',
  text: `select a.id, a.balance_fen, a.held_fen - coalesce(due.fen, 0), a.floor_fen
    from ledger.accounts a
    left join lateral (
      select sum(amount_fen - captured_fen - freed_fen)::bigint as fen from ledger.holds h
      where h.bucket = a.bucket and h.account_id = a.id and h.state = 1 and h.expires_at <= clock_timestamp()) due
      on true
    where a.bucket = $1 and a.id between $2 and $3 order by a.id`,
};

/** The balances of an owner's purses; empty for an owner without purses. */
export async function readBalances(session: Session, ownerId: bigint): Promise<Balance[]> {
  const { rows } = await session.run(read, [bucketOf(ownerId), ownerId * 16n, ownerId * 16n + 15n]);
  return (rows as [bigint, bigint, bigint, bigint][])
    .filter(([id]) => (purses as readonly string[]).includes(accountCode(id)))
    .map(([id, postedFen, heldFen, floorFen]) => ({
      purse: accountCode(id) as Purse,
      postedFen,
      heldFen,
      availableFen: postedFen - heldFen - floorFen,
    }));
}
