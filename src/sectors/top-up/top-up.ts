import { z } from 'zod';
import { type Purse, purses } from '#ledger/rules/accounts.ts';
import { hainanDay } from '#platform/calendar.ts';
import { defineSector } from '#sectors/contract.ts';
import { effectiveOn, groupedBy } from '#sectors/rules/effective.ts';
import { type LoadRule, refuseLoad } from './rules/load.ts';
import { readRules } from './store.ts';

const ruleKey = (participantId: number, purse: string) => `${participantId} ${purse}`;

/** Money that a bank or an agency brings in: it owes us what it loads into a purse it may load. */
export const topUp = defineSector<never, ReadonlyMap<string, readonly LoadRule[]>>({
  name: 'top-up',
  code: 3,
  direction: 'loads',
  loads: (detail) => detail['purse'] as Purse,
  keeps: 'card-account',
  detail: z.strictObject({ purse: z.enum(purses) }),
  readTariffs: async (session) =>
    groupedBy(await readRules(session), (rule) => ruleKey(rule.participantId, rule.purse)),
  read: async () => new Map<bigint, never>(),
  plan: (request, rules) => {
    const { amountFen, detail } = request;
    if (amountFen === null) return 'amount-missing';
    const purse = detail['purse'] as Purse;
    const rule = effectiveOn(rules.get(ruleKey(request.participantId, purse)), hainanDay(request.nowMs));
    if (rule === undefined) return 'purse-not-allowed';
    const account = request.purse(purse);
    if (account === undefined) return 'purse-not-open';
    const refusal = refuseLoad(amountFen, account.balanceFen, rule);
    return refusal ?? { parts: [{ amountFen, purses: [purse], split: false }], others: [], state: null };
  },
  undo: () => null,
  write: async () => undefined,
});
