/** So many wrong tries are forgiven at once; from then on each makes the next wait twice as long. */
export const freeFailures = 3;
/** After so many the door stays shut, until an operator opens it or the time is over. */
export const lockFailures = 10;
export const lockSeconds = 24 * 3_600;
/** Wrong tries are forgotten when the last one is so long ago. */
export const forgetSeconds = 24 * 3_600;

/** How long the next try has to wait after so many wrong ones: 0, 0, then 1, 2, 4, 8 … seconds. */
export function delaySeconds(failures: number): number {
  return failures < freeFailures ? 0 : 2 ** (Math.min(failures, lockFailures) - freeFailures);
}

/** The delays after one, two … wrong tries, up to the one that locks. */
export const delays: readonly number[] = Array.from({ length: lockFailures }, (_, i) => delaySeconds(i + 1));
