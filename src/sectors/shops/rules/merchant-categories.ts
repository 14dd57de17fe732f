import { type Effective, effectiveOn } from '#sectors/rules/effective.ts';
import type { Limit } from './limits.ts';

/** What holds for a product at merchants of a category: nothing may be paid there, or limits of its own. */
export interface MccRule extends Effective {
  /** "*" stands for every product without a rule of its own for the category. */
  readonly product: string;
  /** Merchant category code (ISO 18245). */
  readonly mcc: string;
  /** A later row of limits lifts an earlier block. */
  readonly verdict: 'blocked' | 'limits';
  /** Null leaves the product's own limit as it is. */
  readonly perPaymentFen: bigint | null;
  /** What a card account may have spent in all shops that day once it has paid here; null leaves the product's own. */
  readonly perDayFen: bigint | null;
}

/** Limits and category rules as they are kept in memory. */
export interface ShopTerms {
  readonly limits: ReadonlyMap<string, readonly Limit[]>;
  readonly mccRules: ReadonlyMap<string, readonly MccRule[]>;
}

export const mccKey = (product: string, mcc: string) => `${product} ${mcc}`;

/**
 * The limits of a product at a merchant's category on a day. The product's own rule for the category goes before
 * that of every product; a product without limits in force may not pay in shops at all.
 */
export function limitAt(
  terms: ShopTerms,
  place: { readonly product: string; readonly mcc: string },
  day: string,
): Omit<Limit, 'product' | 'effectiveFrom'> | 'no-tariff' | 'merchant-category-not-allowed' {
  const limit = effectiveOn(terms.limits.get(place.product), day);
  if (limit === undefined) return 'no-tariff';
  const rule =
    effectiveOn(terms.mccRules.get(mccKey(place.product, place.mcc)), day) ??
    effectiveOn(terms.mccRules.get(mccKey('*', place.mcc)), day);
  if (rule === undefined) return limit;
  if (rule.verdict === 'blocked') return 'merchant-category-not-allowed';
  return {
    perPaymentFen: rule.perPaymentFen ?? limit.perPaymentFen,
    perDayFen: rule.perDayFen ?? limit.perDayFen,
    pinFreeFen: limit.pinFreeFen,
  };
}
