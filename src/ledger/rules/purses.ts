import { type Fen, fen } from '#money/fen.ts';
import { accountId, type Purse } from './accounts.ts';
import type { Accounts, Posting } from './entry.ts';
import { availableFen } from './entry.ts';

/** Which purses may pay, in which order, and whether one payment may be shared out over them. */
export interface PaymentPlan {
  readonly amountFen: Fen;
  readonly purses: readonly Purse[];
  readonly split: boolean;
}

/** The debits that pay a plan from an owner's purses; the first purse that can, or each in turn when split. */
export function debitPurses(
  ownerId: bigint,
  plan: PaymentPlan,
  accounts: Accounts,
): Posting[] | 'insufficient-funds' | 'purse-not-open' {
  assertPlan(plan);
  if (plan.amountFen === 0n) return [];
  const open = plan.purses
    .map((purse) => accounts.get(accountId(ownerId, purse)))
    .filter((a) => a !== undefined);
  if (open.length === 0) return 'purse-not-open';
  if (!plan.split) {
    const payer = open.find((account) => availableFen(account) >= plan.amountFen);
    return payer === undefined
      ? 'insufficient-funds'
      : [{ accountId: payer.id, amountFen: fen(-plan.amountFen) }];
  }
  const debits: Posting[] = [];
  let rest: bigint = plan.amountFen;
  for (const account of open) {
    const available = availableFen(account);
    const part = available < rest ? available : rest;
    if (part <= 0n) continue;
    rest -= part;
    debits.push({ accountId: account.id, amountFen: fen(-part) });
  }
  return rest > 0n ? 'insufficient-funds' : debits;
}

/** A plan that would give money to a purse, or ask one twice, never reaches the books. */
function assertPlan({ amountFen, purses }: PaymentPlan): void {
  if (amountFen < 0n) throw new RangeError('a payment takes nothing less than nought');
  if (new Set(purses).size !== purses.length) throw new RangeError('a purse pays a plan once');
}
