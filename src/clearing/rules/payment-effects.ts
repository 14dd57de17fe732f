import type { Refusal } from '#clearing/outcome.ts';
import { holdLifeMs, type Request } from '#clearing/request.ts';
import { accountId } from '#ledger/rules/accounts.ts';
import { applyPostings, type Posting } from '#ledger/rules/entry.ts';
import { openHoldsMax, placeHolds } from '#ledger/rules/holds.ts';
import { byAccount } from '#ledger/rules/returns.ts';
import { fen, sumFen } from '#money/fen.ts';
import { sectorNamed } from '#sectors/all.ts';
import type { Funding, Plan } from '#sectors/contract.ts';
import { debitParts } from './paying-purses.ts';
import { planRequest } from './plan-request.ts';
import { type Effect, noEffect, type Run } from './run.ts';
import { sectorOwner } from './sector-owner.ts';

/** A payment, load or authorisation: the sector plans it, the ledger's rules say whether the purses can. */
export function paymentEffect(run: Run, request: Request, id: bigint): Effect | Refusal {
  const sector = sectorNamed(request.sector);
  if (sector === undefined) return 'kind-not-allowed';
  if ((request.kind === 'load') !== (sector.direction === 'loads')) return 'kind-not-allowed';
  // A hold is over an amount that the terminal names; a tariff decides only when the ride is taken.
  if (request.kind === 'authorise' && request.amountFen === null) return 'amount-missing';
  const plan = planOf(run, request, id);
  if (typeof plan === 'string') return plan;
  const participantId = BigInt(participantOf(run, request));
  const effect =
    request.kind === 'load'
      ? load(run, request, { plan, participantId })
      : pay(run, request, { plan, participantId, id });
  if (typeof effect === 'string') return effect;
  const noted = plan.note === undefined ? effect : { ...effect, note: plan.note };
  if (plan.state === null) return noted;
  const ownerId = sectorOwner(request, run.state.reference);
  return { ...noted, sectorState: { sector: sector.name, ownerId, state: plan.state } };
}

function participantOf(run: Run, request: Request): number {
  return run.state.reference.terminals.get(request.terminalId)?.participantId ?? 0;
}

function planOf(run: Run, request: Request, entryId: bigint): Plan<unknown> | Refusal {
  const { reference, nowMs, cards } = run.state;
  return planRequest(reference, request, {
    product: cards.get(request.card.cardId)?.product ?? '',
    nowMs,
    entryId,
    accounts: run.accounts,
    sectorState: run.sectorStates.get(request.sector)?.get(sectorOwner(request, reference)),
  });
}

function load(
  run: Run,
  request: Request,
  terms: { plan: Plan<unknown>; participantId: bigint },
): Effect | Refusal {
  const [part] = terms.plan.parts;
  const purse = part?.purses[0];
  if (part === undefined || purse === undefined) return 'purse-not-allowed';
  if (terms.plan.parts.length > 1 || terms.plan.others.length > 0)
    throw new RangeError('a load has one part, and its participant brings all of it');
  const { amountFen } = part;
  if (amountFen <= 0n) throw new RangeError('a load brings something');
  return post(run, [
    { accountId: accountId(request.card.cardAccountId, purse), amountFen },
    { accountId: accountId(terms.participantId, 'receivable'), amountFen: fen(-amountFen) },
  ]);
}

function pay(
  run: Run,
  request: Request,
  terms: { plan: Plan<unknown>; participantId: bigint; id: bigint },
): Effect | Refusal {
  const { plan, participantId, id } = terms;
  const debits = debitParts(run, request, plan.parts);
  if (typeof debits === 'string') return debits;
  if (request.kind === 'authorise') {
    if (plan.others.length > 0) return 'kind-not-allowed';
    if (debits.some((debit) => (run.openHoldCounts.get(debit.accountId) ?? 0) >= openHoldsMax))
      return 'too-many-holds';
    const placed = placeHolds(debits, run.accounts, {
      entryId: id,
      expiresAtMs: run.state.nowMs + holdLifeMs,
    });
    return typeof placed === 'string'
      ? placed
      : { ...noEffect, accounts: placed.accounts, holds: placed.holds };
  }
  const paid = [...debits, ...plan.others.map(fundingLeg)];
  if (paid.length === 0) return noEffect;
  const amountFen = fen(-sumFen(paid.map((leg) => leg.amountFen)));
  return post(run, [...paid, { accountId: accountId(participantId, 'payable'), amountFen }]);
}

function fundingLeg({ participantId, amountFen }: Funding): Posting {
  if (amountFen <= 0n) throw new RangeError('whoever pays a part pays something');
  return { accountId: accountId(BigInt(participantId), 'receivable'), amountFen: fen(-amountFen) };
}

/** Postings applied to the run's purses, in the order of their accounts. */
export function post(run: Run, postings: readonly Posting[]): Effect | Refusal {
  const inOrder = [...postings].sort(byAccount);
  const accounts = applyPostings(inOrder, run.accounts);
  return typeof accounts === 'string' ? accounts : { ...noEffect, postings: inOrder, accounts };
}
