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
import { absFen, type Fen, fen } from '#money/fen.ts';
import { findOriginal, releaseEffect, undone } from './hold-effects.ts';
import { post } from './payment-effects.ts';
import { type Effect, legsNow, type Run } from './run.ts';
import type { OriginalEntry } from './state.ts';

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
export function voidEffect(run: Run, request: Request, id: bigint): Effect | Refusal {
  const original = findOriginal(run, request);
  if (typeof original === 'string') return original;
  if (original.kind === kindCodes.authorise) return releaseEffect(run, original, id);
  if (original.kind !== kindCodes.payment) return 'original-mismatch';
  if (original.businessDate !== run.state.businessDate) return 'void-too-late';
  const legs = legsNow(run, original.id, original.legs);
  return legs.length === 0 ? 'not-returnable' : giveBack(run, original, returnWhole(original.id, legs));
}

/** The entry that turns an original round, in whole or in part, with what its sector then keeps. */
export function giveBack(
  run: Run,
  original: OriginalEntry,
  returned: Return | ReturnRefusal,
): Effect | Refusal {
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

/** What a return moves on the holder's purses. */
export function returnedFen(returned: Return): Fen {
  let sum = 0n;
  for (const posting of returned.postings) if (isPurse(posting.accountId)) sum += posting.amountFen;
  return fen(absFen(sum));
}
