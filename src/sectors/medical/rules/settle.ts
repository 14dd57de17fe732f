import type { PaymentPlan } from '#ledger/rules/purses.ts';
import { type Fen, fen } from '#money/fen.ts';
import type { Funding, SectorRequest } from '#sectors/contract.ts';
import type { Effective } from '#sectors/rules/effective.ts';
import { type Legs, type LegsRefusal, refuseLegs } from './legs.ts';

/** A hospital or pharmacy, and who pays a part of its settlements. */
export interface Institution extends Effective {
  readonly participantId: number;
  readonly kind: 'hospital' | 'pharmacy';
  readonly pooledFundId: number | null;
  readonly mutualAidId: number | null;
}

export type SettleRefusal = LegsRefusal | 'no-tariff' | 'purpose-not-allowed';

export interface Settlement {
  readonly parts: readonly PaymentPlan[];
  readonly others: readonly Funding[];
}

/**
 * What a hospital's settlement becomes: exactly the personal account's part from the medical purse, the rest of the
 * card's part from the purses after it, and each fund's part from the fund. Pharmacies settle nothing with funds.
 */
export function settle(
  legs: Legs,
  cardFen: Fen,
  at: { readonly institution: Institution; readonly rule: NonNullable<SectorRequest['rule']> },
): Settlement | SettleRefusal {
  const { institution, rule } = at;
  if (institution.kind !== 'hospital') return 'no-tariff';
  const refusal = refuseLegs(legs, cardFen);
  if (refusal !== null) return refusal;
  const parts = partsOf(legs, cardFen, rule);
  if (typeof parts === 'string') return parts;
  const others: Funding[] = [];
  for (const [participantId, amountFen] of [
    [institution.pooledFundId, legs.fundFen],
    [institution.mutualAidId, legs.mutualAidFen],
  ] as const) {
    if (amountFen === 0n) continue;
    if (participantId === null) return 'no-tariff';
    others.push({ participantId, amountFen });
  }
  return { parts, others };
}

/** No two parts share a purse: the personal account pays what it was told to, and no fen more. */
function partsOf(
  { personalAccountFen }: Legs,
  cardFen: Fen,
  rule: NonNullable<SectorRequest['rule']>,
): PaymentPlan[] | SettleRefusal {
  const own = rule.purses.filter((purse) => purse !== 'medical');
  const parts: PaymentPlan[] = [];
  if (rule.purses.includes('medical'))
    parts.push({ amountFen: personalAccountFen, purses: ['medical'], split: false });
  else if (personalAccountFen > 0n) return 'purpose-not-allowed';
  const restFen = fen(cardFen - personalAccountFen);
  if (own.length > 0) parts.push({ amountFen: restFen, purses: own, split: rule.split });
  else if (restFen > 0n) return 'purpose-not-allowed';
  return parts;
}
