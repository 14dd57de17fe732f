import type { Refusal } from '#clearing/outcome.ts';
import type { Request } from '#clearing/request.ts';
import { accountId, type Purse } from '#ledger/rules/accounts.ts';
import type { Account } from '#ledger/rules/entry.ts';
import { sectorNamed } from '#sectors/all.ts';
import type { Plan } from '#sectors/contract.ts';
import { payingRule } from './paying-purses.ts';
import type { Reference } from './state.ts';

/** What of a request its sector plans by. */
export type Plannable = Pick<
  Request,
  'kind' | 'sector' | 'card' | 'terminalId' | 'amountFen' | 'detail' | 'pin'
>;

/** What of the books stands behind a request: locked where it is decided, as it is now where it is foreseen. */
export interface Stand {
  readonly product: string;
  readonly nowMs: number;
  readonly entryId: bigint;
  readonly accounts: ReadonlyMap<bigint, Account>;
  /** What the sector keeps about its owner. */
  readonly sectorState: unknown;
}

/** A participant whose merchant category nobody has said. */
const mccUnknown = '0000';

/** The category of the merchant behind a terminal. */
export function merchantCategory(reference: Reference, terminalId: number): string {
  const participantId = reference.terminals.get(terminalId)?.participantId ?? 0;
  return reference.participants.get(participantId)?.mcc ?? mccUnknown;
}

/**
 * What its sector makes of a request, or why it refuses. Whoever decides and whoever only foresees ask here, so that
 * what was foreseen is refused for no other reason than that the books have moved.
 */
export function planRequest(
  reference: Reference,
  request: Plannable,
  { product, nowMs, entryId, accounts, sectorState }: Stand,
): Plan<unknown> | Refusal {
  const sector = sectorNamed(request.sector);
  if (sector === undefined) return 'kind-not-allowed';
  const { cardAccountId } = request.card;
  const mcc = merchantCategory(reference, request.terminalId);
  const rule = payingRule(reference, request, { mcc, nowMs });
  if (typeof rule === 'string') return rule;
  return sector.plan(
    {
      cardAccountId,
      product,
      participantId: reference.terminals.get(request.terminalId)?.participantId ?? 0,
      mcc,
      rule,
      amountFen: request.amountFen,
      isHold: request.kind === 'authorise',
      pinVerified: request.pin === 'right',
      detail: request.detail,
      nowMs,
      entryId,
      purse: (purse: Purse) => accounts.get(accountId(cardAccountId, purse)),
    },
    reference.tariffs.get(sector.name),
    sectorState,
  );
}
