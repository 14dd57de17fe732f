import type { KnownOutcome } from '#clearing/rules/state.ts';

/** What a reversal says of its original. */
export interface Reversed {
  readonly cardId: bigint;
  readonly amountFen: bigint | null;
  /** Whether it says the day. */
  readonly isDated: boolean;
}

const noClock = ' 00:00:00';

/**
 * Whether what is known under another day's name is what is reversed: a terminal may send its date with a purchase and
 * not with its reversal, or the other way round, and money would stay with the wrong side. It must be of the same card
 * and amount; and where the reversal says its day, the original is one that said neither day nor time, since a terminal
 * that says them may begin its trace numbers anew each day. What only keeps a place for an original is none.
 */
export function isLikelyOriginal(known: KnownOutcome, { cardId, amountFen, isDated }: Reversed): boolean {
  if (known.refusal === 'reversed-before-arrival') return false;
  if (isDated && !known.localTime.endsWith(noClock)) return false;
  return known.cardId === cardId && known.amountFen === amountFen;
}
