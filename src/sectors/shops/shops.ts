import { z } from 'zod';
import { purses } from '#ledger/rules/accounts.ts';
import { hainanDay } from '#platform/calendar.ts';
import { idTimeMs } from '#platform/ids.ts';
import { defineSector } from '#sectors/contract.ts';
import { groupedBy } from '#sectors/rules/effective.ts';
import { respend, type Spending, spend, unspend } from './rules/limits.ts';
import { limitAt, mccKey, type ShopTerms } from './rules/merchant-categories.ts';
import { readLimits, readMccRules, readSpending, writeSpending } from './store.ts';

/** Payments in shops: from the purses of the rule, within the product's limits and what its merchant's category allows. */
export const shops = defineSector<Spending, ShopTerms>({
  name: 'shops',
  code: 1,
  direction: 'pays',
  keeps: 'card-account',
  detail: z.strictObject({ purse: z.enum(purses).optional() }) as z.ZodType<Record<string, string>>,
  readTariffs: async (session) => {
    const [limits, mccRules] = await Promise.all([readLimits(session), readMccRules(session)]);
    return {
      limits: groupedBy(limits, (limit) => limit.product),
      mccRules: groupedBy(mccRules, (rule) => mccKey(rule.product, rule.mcc)),
    };
  },
  read: readSpending,
  plan: (request, terms, state) => {
    const { amountFen, nowMs, rule, pinVerified } = request;
    if (rule === null) return 'no-tariff';
    if (amountFen === null) return 'amount-missing';
    const limit = limitAt(terms, request, hainanDay(nowMs));
    if (typeof limit === 'string') return limit;
    const spent = spend({ amountFen, nowMs, pinVerified }, limit, state);
    return typeof spent === 'string' ? spent : { parts: [{ ...rule, amountFen }], others: [], state: spent };
  },
  undo: ({ amountFen, entryId }, state) => unspend({ amountFen, spentAtMs: idTimeMs(entryId) }, state),
  redo: ({ amountFen, entryId }, state) => respend({ amountFen, spentAtMs: idTimeMs(entryId) }, state),
  write: writeSpending,
});
