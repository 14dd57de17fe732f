import { numberColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import { type AccountCode, accountCodes, accountId, bucketOf, firstCardAccountId } from './rules/accounts.ts';

export interface NewAccount {
  readonly ownerId: bigint;
  readonly code: AccountCode;
}

const insert: Statement = {
  name: 'ledger-open-accounts',
  text: `insert into ledger.accounts (bucket, id, owner_id, code, balance_fen, floor_fen)
    select n.bucket, n.id, n.owner_id, n.code, n.balance_fen, n.balance_fen
    from unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::smallint[], $5::bigint[])
      n(bucket, id, owner_id, code, balance_fen)
    on conflict (bucket, id) do nothing`,
};

/**
 * Opens accounts: a purse begins at nought and may not go below it; a participant's account carries no balance.
 * Opening an account that is open changes nothing.
 */
export async function openAccounts(session: Session, accounts: readonly NewAccount[]): Promise<void> {
  await session.run(insert, [
    numberColumn(accounts, (account) => bucketOf(account.ownerId)),
    numberColumn(accounts, (account) => accountId(account.ownerId, account.code)),
    numberColumn(accounts, (account) => account.ownerId),
    numberColumn(accounts, (account) => accountCodes[account.code]),
    numberColumn(accounts, (account) => (account.ownerId >= firstCardAccountId ? 0n : null)),
  ]);
}

const openDay: Statement = {
  name: 'ledger-open-first-day',
  text: `insert into ledger.business_days (business_date, opened_at) select $1::date, now()
    where not exists (select from ledger.business_days) on conflict do nothing`,
};

/** Opens the first business day of new books; books that have one are left alone. */
export async function openFirstDay(session: Session, businessDate: string): Promise<void> {
  await session.run(openDay, [businessDate]);
}
