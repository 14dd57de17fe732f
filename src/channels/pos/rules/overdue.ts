/** What a connection has been doing, and since when: milliseconds of a clock that only goes forward. */
export interface ConnectionTimes {
  /** When the last whole message came, or the last answer went out. */
  readonly activeMs: number;
  /** Since when a frame has begun and is not whole; null between frames, and while we do not read. */
  readonly frameSinceMs: number | null;
  /** Since when more is unsent than may be; null where the peer keeps up. */
  readonly unsentSinceMs: number | null;
  /** Since when it is ending: nothing is read any more. */
  readonly endingSinceMs: number | null;
  /** Since when our side has ended, and the peer's is waited for. */
  readonly endedSinceMs: number | null;
  /** Messages that wait for their answers. */
  readonly underWay: number;
}

export interface ConnectionLimits {
  readonly idleMs: number;
  readonly messageMs: number;
  /** So long the answers under way are waited for when a connection ends. */
  readonly drainMs: number;
  /** So long the peer's end is waited for. */
  readonly lingerMs: number;
}

/** "unanswered": an answer does not come; "unended": the peer does not go although we have. */
export type Overdue = 'slow-reader' | 'slow-message' | 'idle' | 'unanswered' | 'unended';

/** What a connection is over its time with, if anything. A message that is under way is never idle. */
export function overdue(times: ConnectionTimes, limits: ConnectionLimits, nowMs: number): Overdue | null {
  const isOver = (sinceMs: number | null, limitMs: number) => sinceMs !== null && nowMs - sinceMs >= limitMs;
  if (isOver(times.endedSinceMs, limits.lingerMs)) return 'unended';
  if (times.endedSinceMs !== null) return null;
  if (isOver(times.unsentSinceMs, limits.messageMs)) return 'slow-reader';
  if (isOver(times.endingSinceMs, limits.drainMs)) return 'unanswered';
  if (times.endingSinceMs !== null) return null;
  if (isOver(times.frameSinceMs, limits.messageMs)) return 'slow-message';
  return times.underWay === 0 && isOver(times.activeMs, limits.idleMs) ? 'idle' : null;
}
