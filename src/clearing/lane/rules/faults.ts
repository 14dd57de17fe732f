import { saysServerGone } from '#platform/rules/server-gone.ts';

/** What to do with a group whose transaction failed. */
export type AfterFault = 'run-again' | 'reconnect' | 'isolate';

// 23505: another instance pinned one of the keys first; 40P01 and 40001: the server chose us to give way;
// 55P03: a lock was not to be had in time. Each of them is decided anew by running the group again.
const runAgain: readonly string[] = ['23505', '40P01', '40001', '55P03'];

/**
 * Judges a fault by its SQLSTATE. Without one the connection broke; some say that the server ended it, or only reads
 * any more. Anything else is the fault of one request or of ours: the group is taken apart to find which.
 */
export function afterFault(code: string | undefined, connectionOpen: boolean): AfterFault {
  if (code !== undefined && runAgain.includes(code)) return 'run-again';
  return !connectionOpen || saysServerGone(code) ? 'reconnect' : 'isolate';
}
