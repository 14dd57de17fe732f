import type { Refusal } from '#clearing/outcome.ts';
import { holdLifeMs, type Request } from '#clearing/request.ts';
import { accountId, type Purse } from '#ledger/rules/accounts.ts';
import { applyPostings, type Posting } from '#ledger/rules/entry.ts';
import { openHoldsMax, placeHolds } from '#ledger/rules/holds.ts';
import { debitPurses } from '#ledger/rules/purses.ts';
import { byAccount } from '#ledger/rules/returns.ts';
import { fen } from '#money/fen.ts';
import { sectorNamed } from '#sectors/all.ts';
import type { Plan } from '#sectors/contract.ts';
import { type Effect, noEffect, type Run } from './run.ts';

/** A payment, load or authorisation: the sector plans it, the ledger's rules say whether the purses can. */
export function paymentEffect(run: Run, request: Request, id: bigint): Effect | Refusal {
  const sector = sectorNamed(request.sector);
  if (sector === undefined) return 'kind-not-allowed';
  if ((request.kind === 'load') !== (sector.direction === 'loads')) return 'kind-not-allowed';
  // A hold is over an amount that the terminal names; a tariff decides only when the ride is taken.
  if (request.kind === 'authorise' && request.amountFen === null) return 'amount-missing';
  const { cardAccountId, cardId } = request.card;
  const terminal = run.state.reference.terminals.get(request.terminalId);
  const plan = sector.plan(
    {
      cardAccountId,
      product: run.state.cards.get(cardId)?.product ?? '',
      participantId: terminal?.participantId ?? 0,
      amountFen: request.amountFen,
      detail: request.detail,
      nowMs: run.state.nowMs,
      entryId: id,
      purse: (purse: Purse) => run.accounts.get(accountId(cardAccountId, purse)),
    },
    run.state.reference.tariffs.get(sector.name),
    run.sectorStates.get(sector.name)?.get(cardAccountId),
  );
  if (typeof plan === 'string') return plan;
  const sectorState = plan.state === null ? null : { sector: sector.name, state: plan.state };
  const participantId = BigInt(terminal?.participantId ?? 0);
  const effect =
    request.kind === 'load'
      ? load(run, request, { plan, participantId })
      : pay(run, request, { plan, participantId, id });
  return typeof effect === 'string' ? effect : { ...effect, sectorState };
}

function load(
  run: Run,
  request: Request,
  terms: { plan: Plan<unknown>; participantId: bigint },
): Effect | Refusal {
  const [purse] = terms.plan.purses;
  if (purse === undefined) return 'purse-not-allowed';
  const { amountFen } = terms.plan;
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
  const debits = debitPurses(request.card.cardAccountId, plan, run.accounts);
  if (typeof debits === 'string') return debits;
  if (request.kind === 'authorise') {
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
  if (debits.length === 0) return noEffect;
  return post(run, [
    ...debits,
    { accountId: accountId(participantId, 'payable'), amountFen: plan.amountFen },
  ]);
}

/** Postings applied to the run's purses, in the order of their accounts. */
export function post(run: Run, postings: readonly Posting[]): Effect | Refusal {
  const inOrder = [...postings].sort(byAccount);
  const accounts = applyPostings(inOrder, run.accounts);
  return typeof accounts === 'string' ? accounts : { ...noEffect, postings: inOrder, accounts };
}
