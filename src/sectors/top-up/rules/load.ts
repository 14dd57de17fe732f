import type { Purse } from '#ledger/rules/accounts.ts';
import type { Fen } from '#money/fen.ts';
import type { Effective } from '#sectors/rules/effective.ts';

/** What a participant may load into a purse. */
export interface LoadRule extends Effective {
  readonly participantId: number;
  readonly purse: Purse;
  readonly perLoadFen: bigint;
  readonly balanceMaxFen: bigint;
}

export type LoadRefusal = 'over-payment-limit' | 'over-balance-limit';

/** Why a load may not be, or null. A purse may be filled exactly to its limit. */
export function refuseLoad(amountFen: Fen, balanceFen: bigint, rule: LoadRule): LoadRefusal | null {
  if (amountFen > rule.perLoadFen) return 'over-payment-limit';
  if (balanceFen + amountFen > rule.balanceMaxFen) return 'over-balance-limit';
  return null;
}
