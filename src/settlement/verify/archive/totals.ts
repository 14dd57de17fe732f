import { readDayTotals } from '#ledger/business-days.ts';
import { firstCardAccountId } from '#ledger/rules/accounts.ts';
import type { PostingRow } from '#ledger/rules/rows.ts';
import type { Session } from '#platform/postgres.ts';
import type { Finding } from '#settlement/rules/group-rows.ts';

/** What postings of archived days add up to, as their files have them. */
export interface Totals {
  add(postings: readonly PostingRow[]): void;
  /** Holds what was added since the last call against the totals of this day. */
  findWrongDay(session: Session, day: { readonly businessDate: string }): Promise<Finding | null>;
  /** Holds all that was added against what was carried forward for each purse. */
  findWrongBalance(session: Session): Promise<Finding | null>;
}

const firstPurseId = firstCardAccountId * 16n;
const nothing = { debitFen: 0n, creditFen: 0n, debitCount: 0, creditCount: 0 };
type Sums = typeof nothing;

export function newTotals(): Totals {
  let ofDay = new Map<bigint, Sums>();
  const balances = new Map<bigint, bigint>();
  return {
    add: (postings) => {
      for (const { accountId, amountFen } of postings) {
        const isPurse = accountId >= firstPurseId;
        const account = isPurse ? accountId & 15n : accountId;
        ofDay.set(account, plus(ofDay.get(account) ?? nothing, amountFen));
        if (isPurse) balances.set(accountId, (balances.get(accountId) ?? 0n) + amountFen);
      }
    },
    findWrongDay: async (session, { businessDate }) => {
      const kept = new Map(
        (await readDayTotals(session, businessDate)).map((total) => [total.accountId, total]),
      );
      const found = ofDay;
      ofDay = new Map();
      for (const account of new Set([...kept.keys(), ...found.keys()])) {
        const [expected, is] = [said(found.get(account)), said(kept.get(account))];
        const key = `day ${businessDate}, account ${account}`;
        if (expected !== is) return { table: 'ledger.day_totals', key, expected, found: is };
      }
      return null;
    },
    findWrongBalance: (session) => findWrongBalance(session, balances),
  };
}

function plus(sums: Sums, fen: bigint): Sums {
  return fen < 0n
    ? { ...sums, debitFen: sums.debitFen - fen, debitCount: sums.debitCount + 1 }
    : { ...sums, creditFen: sums.creditFen + fen, creditCount: sums.creditCount + 1 };
}

const said = (sums: Sums = nothing) =>
  `debit ${sums.debitFen} in ${sums.debitCount}, credit ${sums.creditFen} in ${sums.creditCount}`;

async function findWrongBalance(
  session: Session,
  balances: ReadonlyMap<bigint, bigint>,
): Promise<Finding | null> {
  const { rows } = await session.run({
    name: 'settlement-archived-balances',
    text: 'select account_id, fen from ledger.archived_balances order by account_id',
  });
  const carried = new Map(rows as [bigint, bigint][]);
  for (const account of new Set([...carried.keys(), ...balances.keys()])) {
    const [expected, found] = [balances.get(account) ?? 0n, carried.get(account) ?? 0n];
    if (expected !== found)
      return {
        table: 'ledger.archived_balances',
        key: `account ${account}`,
        expected: `${expected}`,
        found: `${found}`,
      };
  }
  return null;
}
