import type { Purse } from '#ledger/rules/accounts.ts';
import { type Effective, effectiveOn, groupedBy } from './effective.ts';

/** Which purses may pay in a sector at merchants of a category, from a day on. */
export interface PurseRule extends Effective {
  readonly sector: string;
  /** Merchant category code, or "*" for every category without a rule of its own. */
  readonly mcc: string;
  /** In the order in which they pay. */
  readonly purses: readonly Purse[];
  /** Whether one payment may be shared out over several of them. */
  readonly split: boolean;
}

/** Purse rules as they are kept in memory. */
export type PurseRules = ReadonlyMap<string, readonly PurseRule[]>;

const keyOf = (sector: string, mcc: string) => `${sector} ${mcc}`;

export function purseRulesOf(rows: readonly PurseRule[]): PurseRules {
  return groupedBy(rows, (row) => keyOf(row.sector, row.mcc));
}

/** The rule in force on a day: the category's own, or that of every other category; undefined where nothing may pay. */
export function purseRuleOn(
  rules: PurseRules,
  place: { readonly sector: string; readonly mcc: string },
  day: string,
): PurseRule | undefined {
  const own = effectiveOn(rules.get(keyOf(place.sector, place.mcc)), day);
  return own ?? effectiveOn(rules.get(keyOf(place.sector, '*')), day);
}

/** Every purse that may pay there on any day: they are locked before the day is known. */
export function pursesThatMayPay(
  rules: PurseRules,
  place: { readonly sector: string; readonly mcc: string },
): ReadonlySet<Purse> {
  const rows = [
    ...(rules.get(keyOf(place.sector, place.mcc)) ?? []),
    ...(rules.get(keyOf(place.sector, '*')) ?? []),
  ];
  return new Set(rows.flatMap((row) => row.purses));
}
