/** A statement waits for a lock no longer than this: what queues behind it waits no longer either. */
export const lockTimeoutMs = 500;
/** Building an index beside the traffic blocks nobody, and waits for the oldest transaction of all: for hours, if need be. */
export const concurrentLockTimeoutMs = 30 * 60_000;
/** Together with the waits this is about two minutes. */
export const lockAttemptsMax = 40;
const firstPauseMs = 100;
const pauseMaxMs = 3_000;

/** A lock that was not to be had in time, a deadlock, a serialisation that failed: nothing is wrong, try again. */
const retryCodes: readonly string[] = ['55P03', '40P01', '40001'];

/** How long to leave the table to its traffic before attempt `attempt` + 1; null when that is not to be made. */
export function pauseBeforeRetryMs(attempt: number, code: string | undefined): number | null {
  if (code === undefined || !retryCodes.includes(code) || attempt >= lockAttemptsMax) return null;
  return Math.min(pauseMaxMs, firstPauseMs * 2 ** Math.min(attempt - 1, 10));
}

/** Whether giving up was for want of a lock: then it is the moment that is wrong, not the migration. */
export function isWantOfLock(code: string | undefined): boolean {
  return code !== undefined && retryCodes.includes(code);
}
