import type { Answer } from '#clearing/outcome.ts';
import type { LaneOptions, Submitted } from './lane-options.ts';

/** A request that waits in a lane, and how its sender is answered. */
export interface Pending extends Submitted {
  readonly arrivedAtMs: number;
  attempts: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** A group runs again at most so often. */
export const attemptsMax = 12;
/** What a sender who is turned away is told to wait. */
export const retryAfterSeconds = 1;

/** Answers those who waited too long: busy if nothing was tried yet, unknown if something was. */
export function dropLate(group: readonly Pending[], options: LaneOptions): Pending[] {
  return group.filter((pending) => {
    const late = isLate(pending, options) || pending.attempts >= attemptsMax;
    if (late)
      pending.resolve(pending.attempts === 0 ? { status: 'busy', retryAfterSeconds } : { status: 'unknown' });
    return !late;
  });
}

export function isLate(pending: Pending, options: LaneOptions): boolean {
  return performance.now() - pending.arrivedAtMs > options.requestTimeoutMs;
}
