import type { Refusal } from '#clearing/outcome.ts';
import type { Request } from '#clearing/request.ts';
import { accountId, type Purse, purposePurses } from '#ledger/rules/accounts.ts';
import { type Accounts, availableFen, type Posting } from '#ledger/rules/entry.ts';
import { debitPurses, type PaymentPlan } from '#ledger/rules/purses.ts';
import { hainanDay } from '#platform/calendar.ts';
import type { SectorRequest } from '#sectors/contract.ts';
import { purseRuleOn } from '#sectors/rules/purse-rules.ts';
import type { Run } from './run.ts';
import type { Reference } from './state.ts';

/**
 * Which purses may pay a request: what the rule of its sector and of the merchant's category says, narrowed to the
 * one that the request names. Null for a load, which no purse pays.
 */
export function payingRule(
  reference: Pick<Reference, 'purseRules'>,
  request: Pick<Request, 'kind' | 'sector' | 'detail'>,
  { mcc, nowMs }: { readonly mcc: string; readonly nowMs: number },
): SectorRequest['rule'] | Refusal {
  if (request.kind === 'load') return null;
  const rule = purseRuleOn(reference.purseRules, { sector: request.sector, mcc }, hainanDay(nowMs));
  if (rule === undefined) return 'no-tariff';
  const named = request.detail['purse'];
  if (named === undefined) return rule;
  const purse = rule.purses.find((allowed) => allowed === named);
  return purse === undefined ? 'purpose-not-allowed' : { purses: [purse], split: false };
}

/** The debits of each part of a plan. No two parts share a purse, so the order of the parts changes nothing. */
export function debitParts(run: Run, request: Request, parts: readonly PaymentPlan[]): Posting[] | Refusal {
  const debits: Posting[] = [];
  for (const part of parts) {
    const ofPart = debitPurses(request.card.cardAccountId, part, run.accounts);
    if (typeof ofPart === 'string')
      return isOfAnotherPurpose(run, request, part) ? 'purpose-not-allowed' : ofPart;
    debits.push(...ofPart);
  }
  return debits;
}

/** Whether money of a purpose that may not be spent here would have been enough: then that is the reason to say. */
function isOfAnotherPurpose(run: Run, request: Request, part: PaymentPlan): boolean {
  const availableIn = (accounts: Accounts, purses: readonly Purse[]) => {
    let sum = 0n;
    for (const purse of purses) {
      const account = accounts.get(accountId(request.card.cardAccountId, purse));
      if (account !== undefined) sum += availableFen(account);
    }
    return sum;
  };
  const others = purposePurses.filter((purse) => !part.purses.includes(purse));
  const spareFen = availableIn(run.state.purposes, others);
  return spareFen > 0n && availableIn(run.accounts, part.purses) + spareFen >= part.amountFen;
}
