import { z } from 'zod';
import { purses } from '#ledger/rules/accounts.ts';
import { idTimeMs } from '#platform/ids.ts';
import { defineSector } from '#sectors/contract.ts';
import { groupedBy } from '#sectors/rules/effective.ts';
import { type Limit, type Spending, spend, unspend } from './rules/limits.ts';
import { readLimits, readSpending, writeSpending } from './store.ts';

/** Payments in shops: from the purses of the rule, within the product's limits per payment and per day. */
export const shops = defineSector<Spending, ReadonlyMap<string, readonly Limit[]>>({
  name: 'shops',
  code: 1,
  direction: 'pays',
  keeps: 'card-account',
  detail: z.strictObject({ purse: z.enum(purses).optional() }) as z.ZodType<Record<string, string>>,
  readTariffs: async (session) => groupedBy(await readLimits(session), (limit) => limit.product),
  read: readSpending,
  plan: (request, limits, state) => {
    const { amountFen, nowMs, rule } = request;
    if (rule === null) return 'no-tariff';
    if (amountFen === null) return 'amount-missing';
    const spent = spend({ amountFen, nowMs }, limits.get(request.product), state);
    return typeof spent === 'string' ? spent : { parts: [{ ...rule, amountFen }], others: [], state: spent };
  },
  undo: ({ amountFen, entryId }, state) => unspend({ amountFen, spentAtMs: idTimeMs(entryId) }, state),
  write: writeSpending,
});
