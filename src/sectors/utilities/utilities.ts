import { z } from 'zod';
import { purses } from '#ledger/rules/accounts.ts';
import { defineSector } from '#sectors/contract.ts';

/**
 * Water, power and gas: the purse rule says who pays, the utility has said how much. What makes a bill payable once
 * stands in the room `bills`; what stands here is what the holder reads later, and no person is named in it.
 */
export const utilities = defineSector<never, null>({
  name: 'utilities',
  code: 4,
  direction: 'pays',
  ofRoom: true,
  keeps: 'card-account',
  detail: z.strictObject({
    bill: z.string().regex(/^[A-Za-z0-9-]{1,32}$/),
    period: z.string().regex(/^20\d\d-(0[1-9]|1[0-2])$/),
    /** The customer number with all but its last four digits masked. */
    customer: z.string().regex(/^[*]{4}[A-Za-z0-9]{0,4}$/),
    purse: z.enum(purses).optional(),
  }) as z.ZodType<Record<string, string>>,
  readTariffs: async () => null,
  read: async () => new Map<bigint, never>(),
  plan: ({ rule, amountFen }) => {
    if (rule === null) return 'no-tariff';
    if (amountFen === null) return 'amount-missing';
    return { parts: [{ ...rule, amountFen }], others: [], state: null };
  },
  undo: () => null,
  write: async () => undefined,
});
