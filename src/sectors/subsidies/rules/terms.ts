import type { Fen } from '#money/fen.ts';

/** The purses that subsidies are paid into: each is money of a purpose. */
export const subsidyPurses = ['subsidy', 'farm-subsidy', 'elder-care'] as const;
export type SubsidyPurse = (typeof subsidyPurses)[number];

/** What a participant may pay out for a programme. */
export interface Terms {
  readonly participantId: number;
  readonly programme: string;
  readonly purse: SubsidyPurse;
  readonly perPaymentFen: bigint;
  readonly active: boolean;
}

export type TermsRefusal = 'no-tariff' | 'purse-not-allowed' | 'over-payment-limit';

/** Why a payment may not be, or null: the programme must be the participant's, for this purse, up to its limit. */
export function refusePayment(
  payment: { readonly amountFen: Fen; readonly purse: string },
  terms: Terms | undefined,
): TermsRefusal | null {
  if (terms === undefined || !terms.active) return 'no-tariff';
  if (terms.purse !== payment.purse) return 'purse-not-allowed';
  return payment.amountFen > terms.perPaymentFen ? 'over-payment-limit' : null;
}
