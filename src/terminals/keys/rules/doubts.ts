/** What a message's MAC showed, of which terminal: it had its key, or not. */
export interface MacProof {
  readonly terminalId: number;
  readonly isRight: boolean;
}

/** Wrong MACs on one connection, by the terminals in whose names they came. */
export interface Doubts {
  /** Whether that is enough: whoever has a terminal's key has it right after its next sign-on. */
  areEnough(proof: MacProof): boolean;
  /** Whether a MAC of this terminal was right. */
  hasProved(terminalId: number): boolean;
}

/** A MAC of UnionPay's has 32 bits, so guessing on the line must come to an end. */
const wrongInARowMax = 10;
/** More terminals than this that are all wrong are somebody who goes around with guesses. */
const terminalsMax = 100;

/**
 * Counts for each terminal the wrong MACs since its last right one: a right one of another terminal excuses nothing,
 * and many terminals behind one connection may each be wrong once after their keys were changed.
 */
export function openDoubts(): Doubts {
  const wrong = new Map<number, number>();
  const proved = new Set<number>();
  return {
    areEnough: ({ terminalId, isRight }) => {
      if (isRight) {
        proved.add(terminalId);
        wrong.delete(terminalId);
        return false;
      }
      const inARow = (wrong.get(terminalId) ?? 0) + 1;
      wrong.set(terminalId, inARow);
      return inARow >= wrongInARowMax || wrong.size > terminalsMax;
    },
    hasProved: (terminalId) => proved.has(terminalId),
  };
}
