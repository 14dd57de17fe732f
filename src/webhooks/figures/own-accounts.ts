import { accountId } from '#ledger/rules/accounts.ts';

const [payable, receivable] = [accountId(0n, 'payable'), accountId(0n, 'receivable')];

/** Whether an account is one of a participant's two, as PostgreSQL asks it: what we owe it, or what it owes us. */
export function isOwnAccountSql(account: string, participant: string): string {
  const first = `${participant}::bigint * 16`;
  return `${account} in (${first} + ${payable}, ${first} + ${receivable})`;
}
