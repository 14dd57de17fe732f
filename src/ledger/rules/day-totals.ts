import { dayTotalAccount } from './accounts.ts';

/** What a day's postings did to one account, or to all purses of a kind. */
export interface DayTotal {
  readonly accountId: bigint;
  readonly debitFen: bigint;
  readonly creditFen: bigint;
  readonly debitCount: number;
  readonly creditCount: number;
}

/** Sums postings into day totals, in the order of their accounts, so that every group locks them alike. */
export function dayTotalsOf(postings: Iterable<{ accountId: bigint; amountFen: bigint }>): DayTotal[] {
  const totals = new Map<bigint, { -readonly [field in keyof DayTotal]: DayTotal[field] }>();
  for (const posting of postings) {
    const accountId = dayTotalAccount(posting.accountId);
    let total = totals.get(accountId);
    if (total === undefined) {
      total = { accountId, debitFen: 0n, creditFen: 0n, debitCount: 0, creditCount: 0 };
      totals.set(accountId, total);
    }
    if (posting.amountFen < 0n) {
      total.debitFen -= posting.amountFen;
      total.debitCount += 1;
    } else {
      total.creditFen += posting.amountFen;
      total.creditCount += 1;
    }
  }
  return [...totals.values()].sort((a, b) => (a.accountId < b.accountId ? -1 : 1));
}
