import type { Log } from '#platform/log.ts';
import { goneReason, isServerGone } from '#platform/rules/server-gone.ts';
import { requestIdHere } from './current-request.ts';

export interface Failure {
  /** Whether the database was away, which is nobody's fault: whether anything was done is not known. */
  readonly isGone: boolean;
  readonly requestId: string;
}

/** Logs what a request failed by. `failed` is what the log says of a fault, `of` what was asked for: "a page". */
export function logFailure(
  log: Log,
  error: unknown,
  { of, failed }: { readonly of: string; readonly failed: string },
): Failure {
  const requestId = requestIdHere();
  const isGone = isServerGone(error);
  if (isGone) log.warn(`the database was away for ${of}`, { requestId, reason: goneReason(error) });
  else log.error(failed, { requestId, error });
  return { isGone, requestId };
}
