import type { Refusal } from '#clearing/outcome.ts';
import { kindCodes, type Request } from '#clearing/request.ts';
import { isPurse } from '#ledger/rules/accounts.ts';
import {
  type OriginalLeg,
  type Return,
  type ReturnRefusal,
  returnPart,
  returnWhole,
} from '#ledger/rules/returns.ts';
import { type Fen, fen } from '#money/fen.ts';
import { findOriginal, releaseEffect, undone } from './hold-effects.ts';
import { post } from './payment-effects.ts';
import { type Effect, knownBy, legsNow, noEffect, type Run } from './run.ts';
import type { KnownOutcome, OriginalEntry } from './state.ts';

const refundable: readonly number[] = [kindCodes.payment, kindCodes.capture];

/**
 * Gives back part of a payment: to the purses it came from, never more than it was. A compensation does the same
 * from a desk of ours: the holder has the money at once, and the participant that charged wrongly is owed less.
 */
export function refundEffect(run: Run, request: Request): Effect | Refusal {
  const original = findOriginal(run, request);
  if (typeof original === 'string') return original;
  if (!refundable.includes(original.kind)) return 'not-returnable';
  if (request.amountFen === null) return 'amount-missing';
  const legs = legsNow(run, original.id, original.legs);
  return giveBack(run, original, returnPart(original.id, legs, request.amountFen));
}

/**
 * Gives up what is left of an authorisation, or takes a payment back whole on the business day it was made
 * (撤销), before anything of it went back. What moved nothing is not voided: only a reversal, of which there is
 * one, gives a free ride back.
 */
export function voidEffect(run: Run, request: Request): Effect | Refusal {
  const original = findOriginal(run, request);
  if (typeof original === 'string') return original;
  if (original.kind === kindCodes.authorise) return releaseEffect(run, original);
  if (original.kind !== kindCodes.payment) return 'original-mismatch';
  if (original.businessDate !== run.state.businessDate) return 'void-too-late';
  const legs = legsNow(run, original.id, original.legs);
  return legs.length === 0 ? 'not-returnable' : giveBack(run, original, returnWhole(original.id, legs));
}

/**
 * Takes back an original whole (冲正). The terminal names it by its trace, since it may never have had an answer:
 * an original that has not come yet leaves a tombstone, one that was declined needs nothing. A cancellation is a
 * reversal under a name of its own whose original must be in the books.
 */
export function reversalEffect(run: Run, request: Request): Effect | Refusal {
  const key = request.original?.businessKey;
  if (key == null) throw new Error('a reversal names its original by its key');
  const known = knownBy(run, key, request.card.cardId);
  const mustExist = request.original?.mustExist === true;
  if (mustExist && (known === undefined || known.refusal !== null)) return 'original-not-found';
  if (known === undefined) return { ...noEffect, tombstone: true };
  if (known.cardId !== request.card.cardId || known.amountFen !== request.amountFen)
    return 'original-mismatch';
  if (known.refusal !== null) return { ...noEffect, originalId: known.id };
  return reverse(run, originalOf(run, request, known));
}

function reverse(run: Run, original: OriginalEntry): Effect | Refusal {
  switch (original.kind) {
    case kindCodes.authorise:
      return releaseEffect(run, original);
    case kindCodes.payment:
    case kindCodes.load: {
      const legs = legsNow(run, original.id, original.legs);
      // A free transfer moved nothing, so there is nothing to move back.
      if (legs.length === 0) {
        const sectorState = undone(run, original, { amountFen: fen(0), whole: true });
        return { ...noEffect, originalId: original.id, sectorState };
      }
      return giveBack(run, original, returnWhole(original.id, legs));
    }
    default:
      return 'not-returnable';
  }
}

function giveBack(run: Run, original: OriginalEntry, returned: Return | ReturnRefusal): Effect | Refusal {
  if (typeof returned === 'string') return returned;
  const effect = post(run, returned.postings);
  if (typeof effect === 'string') return effect;
  const whole = legsNow(run, original.id, original.legs).every((leg) => isGone(leg, returned));
  const sectorState = undone(run, original, { amountFen: returnedFen(returned), whole });
  return { ...effect, originalId: original.id, corrections: returned.corrections, sectorState };
}

/** Whether nothing of a purse's leg is left after this return. */
function isGone(leg: OriginalLeg, { corrections }: Return): boolean {
  if (!isPurse(leg.accountId)) return true;
  const now = corrections.find((correction) => correction.accountId === leg.accountId);
  const gone = now?.returnedFen ?? leg.returnedFen;
  return gone === leg.amountFen || gone === -leg.amountFen;
}

function returnedFen(returned: Return): Fen {
  let sum = 0n;
  for (const posting of returned.postings) if (isPurse(posting.accountId)) sum += posting.amountFen;
  return fen(sum < 0n ? -sum : sum);
}

function originalOf(run: Run, request: Request, known: KnownOutcome): OriginalEntry {
  return {
    id: known.id,
    ownerId: request.card.cardAccountId,
    kind: known.kind,
    sector: known.sector,
    participantId: run.state.reference.terminals.get(request.terminalId)?.participantId ?? 0,
    businessDate: known.businessDate,
    detail: known.detail,
    legs: known.legs,
  };
}
