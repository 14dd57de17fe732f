import type { Fen } from '#money/fen.ts';
import { isPurse } from './accounts.ts';

/** One leg of an entry: positive is a credit to the account. */
export interface Posting {
  readonly accountId: bigint;
  readonly amountFen: Fen;
}

/** A locked purse, as it stands while a group is decided. */
export interface Account {
  readonly id: bigint;
  readonly balanceFen: bigint;
  readonly heldFen: bigint;
  readonly floorFen: bigint;
  readonly lastEntryId: bigint;
}

export type EntryRefusal = 'insufficient-funds' | 'purse-not-open';

export type Accounts = ReadonlyMap<bigint, Account>;

/** The purses after the entry, or why it may not be. Accounts that carry no balance pass through. */
export function applyPostings(postings: readonly Posting[], before: Accounts): Account[] | EntryRefusal {
  assertBalanced(postings);
  const after: Account[] = [];
  for (const posting of postings) {
    if (!isPurse(posting.accountId)) continue;
    const account = before.get(posting.accountId);
    if (account === undefined) return 'purse-not-open';
    const balanceFen = account.balanceFen + posting.amountFen;
    const isDebit = posting.amountFen < 0n;
    if (isDebit && balanceFen - account.heldFen < account.floorFen) return 'insufficient-funds';
    after.push({ ...account, balanceFen });
  }
  return after;
}

/** What the purse can pay now: what it has, less what is held, down to its floor. */
export function availableFen(account: Account): bigint {
  return account.balanceFen - account.heldFen - account.floorFen;
}

function assertBalanced(postings: readonly Posting[]): void {
  let sum = 0n;
  for (const posting of postings) {
    if (posting.amountFen === 0n) throw new RangeError('a posting moves something');
    sum += posting.amountFen;
  }
  if (sum !== 0n) throw new RangeError('an entry sums to zero');
  const ids = new Set(postings.map((posting) => posting.accountId));
  if (ids.size !== postings.length) throw new RangeError('an entry posts to an account once');
}
