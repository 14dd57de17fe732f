import type { CardRef } from '#cards/store.ts';
import type { KnownOutcome } from '#clearing/rules/state.ts';
import { accountOwner, isPurse } from '#ledger/rules/accounts.ts';

/** What a reversal says of its original. */
export interface Reversed {
  readonly card: CardRef;
  readonly amountFen: bigint | null;
  /** Whether it says the day. */
  readonly isDated: boolean;
}

const noClock = ' 00:00:00';

/**
 * Whether what is known under another day's name is what is reversed: a terminal may send its date with a purchase and
 * not with its reversal, or the other way round, and money would stay with the wrong side. It must be of the same card
 * and amount; and where the reversal says its day, the original is one that said neither day nor time, since a terminal
 * that says them may begin its trace numbers anew each day. What only keeps a place for an original is none. What has
 * no amount (a void, a ride) is judged by what it moved when it is reversed.
 */
export function isLikelyOriginal(known: KnownOutcome, { card, amountFen, isDated }: Reversed): boolean {
  if (known.refusal === 'reversed-before-arrival') return false;
  if (isDated && !known.localTime.endsWith(noClock)) return false;
  return isOfCard(known, card) && (known.amountFen === null || known.amountFen === amountFen);
}

/** What named its original, and no card, is known by whose money it moved, or held. */
function isOfCard({ cardId, legs, bucket }: KnownOutcome, card: CardRef): boolean {
  if (cardId !== 0n) return cardId === card.cardId;
  const purse = legs.find((leg) => isPurse(leg.accountId));
  return purse === undefined ? bucket === card.bucket : accountOwner(purse.accountId) === card.cardAccountId;
}

/** What a message says of itself that does not say its batch. */
interface Unbatched {
  /** Whether it repeats or reverses: what it speaks of was sent before. */
  readonly isOfEarlier: boolean;
  /** Its local date and time; null where it says no time. */
  readonly localTime: string | null;
}

const batchMax = 999_999;

/** The number of the batch before; the first is preceded by the last. */
export function batchBefore(batchNumber: number): number {
  return batchNumber === 1 ? batchMax : batchNumber - 1;
}

/**
 * Whether what the batch before has under a message's trace number is what the message is about: it was sent before
 * that batch was settled. Of the same second it is; one that says no time must say that it was sent before, since a
 * terminal may begin its trace numbers anew in each batch.
 */
export function isOfBatchBefore(known: KnownOutcome, { isOfEarlier, localTime }: Unbatched): boolean {
  return localTime === null ? isOfEarlier : known.localTime === localTime;
}
