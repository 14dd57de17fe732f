import { accountId, firstCardAccountId, type Purse } from '#ledger/rules/accounts.ts';
import type { Account } from '#ledger/rules/entry.ts';

/** The card account of tests that need only one. */
export const owner = firstCardAccountId + 7n;

export const purse = (code: Purse) => accountId(owner, code);

/** What we owe merchant 12. */
export const payable = accountId(12n, 'payable');

/** Purses of that card account: balance, held and floor in fen. */
export function accountsOf(
  stands: Partial<Record<Purse, readonly [balance: number, held: number, floor: number]>>,
): Map<bigint, Account> {
  const accounts = Object.entries(stands).map(([code, [balance, held, floor]]) => {
    const id = purse(code as Purse);
    const account: Account = {
      id,
      balanceFen: BigInt(balance),
      heldFen: BigInt(held),
      floorFen: BigInt(floor),
      lastEntryId: 0n,
    };
    return [id, account] as const;
  });
  return new Map(accounts);
}
