import { detailFields, kindCodes } from '#clearing/request.ts';
import type { KnownOutcome } from '#clearing/rules/state.ts';
import { adjustsField } from '#idempotency/rules/adjusted-sale.ts';
import { isPurse } from '#ledger/rules/accounts.ts';
import { type Fen, fen } from '#money/fen.ts';

/** What becomes of a sale that is given another total. */
export type Adjusted =
  | { readonly move: 'none' }
  | { readonly move: 'payment' | 'refund'; readonly amountFen: Fen }
  | 'original-not-found'
  | 'original-mismatch'
  | 'already-returned'
  | 'key-reused';

/** What is known of a sale that is to be given another total, and of the message. */
interface Adjusting {
  readonly isFirst: boolean;
  readonly wasAdjusted: boolean;
  /** Whether the sale is one of the batch that the message is of. */
  readonly isOfBatch: boolean;
}

/**
 * The difference is to the sale as it was booked, so it is the same whenever the message comes again. A sale is adjusted
 * once: what would come on top of another adjustment is refused, and what moves nothing is refused only when it is new.
 */
export function judgeAdjustment(totalFen: Fen, sale: KnownOutcome | undefined, of: Adjusting): Adjusted {
  if (sale === undefined || !of.isOfBatch) return 'original-not-found';
  if (sale.kind !== kindCodes.payment || sale.refusal !== null || sale.amountFen === null)
    return 'original-mismatch';
  // An adjustment is no sale of its own.
  if (detailFields(sale.detail)[adjustsField] !== undefined) return 'original-mismatch';
  const differenceFen = totalFen - sale.amountFen;
  if (differenceFen === 0n) return of.wasAdjusted && of.isFirst ? 'key-reused' : { move: 'none' };
  if (differenceFen < 0n) return { move: 'refund', amountFen: fen(-differenceFen) };
  const wentBack = sale.legs.some((leg) => leg.returnedFen !== 0n);
  return of.isFirst && wentBack ? 'already-returned' : { move: 'payment', amountFen: fen(differenceFen) };
}

/**
 * Whether a sale was given more, and still has it: by a payment beside it, so that a void of the sale alone would leave
 * that with the merchant.
 */
export function standsHigher(adjusted: KnownOutcome | undefined): boolean {
  if (adjusted?.kind !== kindCodes.payment || adjusted.refusal !== null) return false;
  return adjusted.legs.some((leg) => isPurse(leg.accountId) && leg.amountFen + leg.returnedFen !== 0n);
}
