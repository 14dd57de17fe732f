/** However long something fails, it is tried at least so often, so that nobody waits long once it works again. */
export const failingPauseMaxMs = 10_000;
const doublingsMax = 30;

/** How long a schedule waits for its next turn: its own pause, doubled for each round that failed in a row, bounded. */
export function pauseAfter({
  pauseMs,
  failures,
}: {
  readonly pauseMs: number;
  readonly failures: number;
}): number {
  if (failures === 0) return pauseMs;
  return Math.max(pauseMs, Math.min(pauseMs * 2 ** Math.min(failures, doublingsMax), failingPauseMaxMs));
}
