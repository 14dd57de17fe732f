/** A row is read again once a second for messages that fit nothing known, */
const everyMs = 1_000;
/** and five times in a row after a quiet while: a terminal that is refused signs on and tries again within a second. */
const burst = 5;

/**
 * Whether a terminal's row may be read again now: the moment until which the readings so far are paid for, this one
 * among them, or null for not now. `dueMs` is what came of the last one, 0 at first.
 */
export function rereadDue(dueMs: number, nowMs: number): number | null {
  const due = Math.max(dueMs, nowMs) + everyMs;
  return due - nowMs > burst * everyMs ? null : due;
}
