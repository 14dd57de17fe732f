/**
 * Errors that say nothing of the request: the server that was asked is going, gone, not there yet, or no longer the one
 * that writes. Whether it did what it was asked is not known; the same may be asked again.
 */

// Class 08 and 57 and 25P03: it ended the connection, is starting, or gave up in time. 25006: another has taken over
// and this one only reads. 53300: it has no connection left. Not 08P01: a message of ours that it cannot read stays so.
const sqlStates = /^(08(?!P01)\w{3}|57\w{3}|25P03|25006|53300)$/;
const systemCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
]);
/** What the driver says of its own accord has no code. */
const driverWords =
  /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error)/;
const causesMax = 5;

/** Whether a code (SQLSTATE or of the system) says so. */
export function saysServerGone(code: string | undefined): boolean {
  return code !== undefined && (sqlStates.test(code) || systemCodes.has(code));
}

/** Whether an error says so, or one that it was caused by; of several at once, all of them. */
export function isServerGone(error: unknown): boolean {
  let inner = error;
  for (let depth = 0; depth < causesMax && inner instanceof Error; depth += 1) {
    if (saysServerGone((inner as { code?: string }).code) || driverWords.test(inner.message)) return true;
    if (inner instanceof AggregateError && inner.errors.length > 0) return inner.errors.every(isServerGone);
    inner = inner.cause;
  }
  return false;
}

/** In one word for a log, where the whole error would say no more: its code, or what the driver said. */
export function goneReason(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === 'string') return code;
  return typeof message === 'string' ? message : 'no answer';
}
