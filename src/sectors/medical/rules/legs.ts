import { type Fen, fen } from '#money/fen.ts';

/**
 * Who pays a hospital's settlement, as the national platform's message 2207 says it (fen): the pooled fund
 * (fund_pay_sumamt), family mutual aid (acct_mulaid_pay), cash at the window (psn_cash_pay), and of what the card
 * pays the part from the personal account (acct_pay).
 */
export interface Legs {
  readonly totalFen: Fen;
  readonly fundFen: Fen;
  readonly mutualAidFen: Fen;
  readonly cashFen: Fen;
  readonly personalAccountFen: Fen;
}

/** The legs of a settlement's own fields; null for a payment that names no legs. */
export function legsOf(detail: Readonly<Record<string, string>>): Legs | null {
  if (detail['total'] === undefined) return null;
  const leg = (name: string) => fen(BigInt(detail[name] ?? '0'));
  return {
    totalFen: leg('total'),
    fundFen: leg('fund'),
    mutualAidFen: leg('mutualAid'),
    cashFen: leg('cash'),
    personalAccountFen: leg('personalAccount'),
  };
}

export type LegsRefusal = 'legs-do-not-add-up' | 'amount-missing';

/**
 * Why legs cannot be settled with a card that pays so much, or null: total = fund + mutual aid + cash + card, and the
 * personal account pays no more than the card. One that is paid in cash alone moves nothing here and is not ours.
 */
export function refuseLegs(legs: Legs, cardFen: Fen): LegsRefusal | null {
  const { totalFen, fundFen, mutualAidFen, cashFen, personalAccountFen } = legs;
  if (totalFen !== fundFen + mutualAidFen + cashFen + cardFen) return 'legs-do-not-add-up';
  if (personalAccountFen > cardFen) return 'legs-do-not-add-up';
  return totalFen === cashFen ? 'amount-missing' : null;
}
