/** How a lane stands between two groups. */
interface Between {
  /** Requests of the group before. */
  readonly lastSize: number;
  /** Since the group before began. */
  readonly sinceLastMs: number;
  readonly queued: number;
  /** What a group holds at the most. */
  readonly sizeMax: number;
  /** Whether it has waited a turn already. */
  readonly hasWaited: boolean;
}

/** Below this the requests come one by one, and each is wanted at once. */
const streamFrom = 4;
/** A group of so many pays for itself. */
const enough = 24;
/** Groups of a stream begin so far apart. */
const apartMs = 8;

/**
 * Whether a lane waits a little for more before it clears what is queued. A group costs about a millisecond to itself,
 * whatever its size: at half of what a machine can take, groups that gather took a quarter less of its processors
 * (2,600 taps a second: 183 + 164 us a payment in PostgreSQL and service, 122 + 139 so), and the slowest answers came
 * sooner, for a few milliseconds more of the usual ones. Eight apart instead of six spare 5 % of PostgreSQL once more for
 * half a millisecond; ten spare nothing more. The caller stops waiting when nothing more comes. Where as
 * many as were answered are back at once, they are clients in a closed circle, and waiting would bring no others.
 */
export function mayGather({ lastSize, sinceLastMs, queued, sizeMax, hasWaited }: Between): boolean {
  if (!hasWaited && queued >= lastSize) return false;
  return lastSize >= streamFrom && queued < Math.min(enough, sizeMax) && sinceLastMs < apartMs;
}
