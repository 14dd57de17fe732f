import type { Log } from '#platform/log.ts';
import type { Sender } from './guesses.ts';

/** Says that a message failed, how, and which it was. */
export type SayFault = (what: string, error: unknown, of?: Sender | null) => void;

/** So many lines in a second; what is more is said as a number, before the next line of a later second. */
const linesMax = 10;
const secondMs = 1_000;

/**
 * Writes faults to the log. While the database is gone each message is one, also those that anybody may send, and a
 * flood of them is no flood of lines.
 */
export function faultLines(log: Log, listener: string, nowMs: () => number): SayFault {
  let sinceMs = Number.NEGATIVE_INFINITY;
  let lines = 0;
  let unsaid = 0;
  return (what, error, of) => {
    const now = nowMs();
    if (now - sinceMs >= secondMs || now < sinceMs) {
      if (unsaid > 0) log.error('more messages failed', { listener, messages: unsaid });
      [sinceMs, lines, unsaid] = [now, 0, 0];
    }
    lines += 1;
    if (lines > linesMax) unsaid += 1;
    else log.error(what, { listener, connection: of?.connection, message: of?.message, error });
  };
}
