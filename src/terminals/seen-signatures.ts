import { signatureWindowMs } from './rules/signature.ts';

/** The signatures of the last minutes, so that a request that somebody recorded is not taken twice. */
export interface SeenSignatures {
  /** Notes a signature; false when it was seen within its window. */
  add(signature: string, nowMs: number): boolean;
  /** Forgets a signature whose request was turned away without being decided: it may be sent again as it is. */
  forget(signature: string): void;
}

/** A signature stays good for this long after it is first seen. */
const lifeMs = 2 * signatureWindowMs;

/**
 * Two generations that change places: what is older than both cannot be in its window any more. When a
 * generation is full it is retired early; a replay that gets through then still meets its idempotency key,
 * which answers and moves nothing. The same holds between two instances.
 */
export function seenSignatures(perGenerationMax: number): SeenSignatures {
  let current = new Set<number>();
  let previous = new Set<number>();
  let startedAtMs = 0;
  return {
    add: (signature, nowMs) => {
      if (nowMs - startedAtMs > lifeMs || current.size >= perGenerationMax) {
        previous = nowMs - startedAtMs > 2 * lifeMs ? new Set() : current;
        current = new Set();
        startedAtMs = nowMs;
      }
      const mark = markOf(signature);
      if (current.has(mark) || previous.has(mark)) return false;
      current.add(mark);
      return true;
    },
    forget: (signature) => {
      current.delete(markOf(signature));
      previous.delete(markOf(signature));
    },
  };
}

/** 48 bits of a signature are enough to tell a few million apart, and fit a number. */
function markOf(signature: string): number {
  return Number.parseInt(signature.slice(0, 12), 16);
}
