import { z } from 'zod';
import { type Purse, purses } from '#ledger/rules/accounts.ts';
import { hainanDay } from '#platform/calendar.ts';
import { idTimeMs } from '#platform/ids.ts';
import { defineSector } from '#sectors/contract.ts';
import { effectiveOn, groupedBy } from '#sectors/rules/effective.ts';
import { type AgentDay, giveBackLimit, useLimit } from './rules/agent.ts';
import { type LoadRule, refuseLoad } from './rules/load.ts';
import { lockAgents, readRules, writeAgents } from './store.ts';

const ruleKey = (participantId: number, purse: string) => `${participantId} ${purse}`;

/**
 * Money that a bank or an agent brings in: it owes us what it loads into a purse it may load. An agent takes cash,
 * within a limit a day; a bank has none.
 */
export const topUp = defineSector<AgentDay, ReadonlyMap<string, readonly LoadRule[]>>({
  name: 'top-up',
  code: 3,
  direction: 'loads',
  loads: (detail) => detail['purse'] as Purse,
  keeps: 'participant',
  detail: z.strictObject({ purse: z.enum(purses) }),
  readTariffs: async (session) =>
    groupedBy(await readRules(session), (rule) => ruleKey(rule.participantId, rule.purse)),
  read: lockAgents,
  plan: (request, rules, agent) => {
    const { amountFen, detail, nowMs } = request;
    if (amountFen === null) return 'amount-missing';
    const purse = detail['purse'] as Purse;
    const rule = effectiveOn(rules.get(ruleKey(request.participantId, purse)), hainanDay(nowMs));
    if (rule === undefined) return 'purse-not-allowed';
    const account = request.purse(purse);
    if (account === undefined) return 'purse-not-open';
    const refusal = refuseLoad(amountFen, account.balanceFen, rule);
    if (refusal !== null) return refusal;
    const state = useLimit({ amountFen, nowMs }, agent);
    if (state === 'over-agent-limit') return state;
    return { parts: [{ amountFen, purses: [purse], split: false }], others: [], state };
  },
  undo: ({ amountFen, entryId }, agent) => giveBackLimit({ amountFen, loadedAtMs: idTimeMs(entryId) }, agent),
  write: writeAgents,
});
