import type { Log } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';

/** Why a connection ended: a closed set, by which endings are counted. */
export type EndReason =
  /** The peer went, or we were stopped: as it should be. */
  | 'peer'
  | 'stop'
  /** It was broken off on the way. */
  | 'lost'
  | 'idle'
  | 'slow-message'
  | 'slow-reader'
  | 'unanswered'
  | 'broken-frame'
  /** The peer ended within a frame. */
  | 'cut-short'
  /** A message after which nothing can be made of what follows. */
  | 'bad-message'
  /** Too many wrong MACs in a terminal's name: whoever sends them has not its key. */
  | 'wrong-macs'
  | 'no-handshake'
  | 'too-many';

const levels: Readonly<Record<EndReason, 'debug' | 'info' | 'warn'>> = {
  peer: 'debug',
  stop: 'debug',
  lost: 'debug',
  // A terminal that sells nothing for a while is no incident.
  idle: 'info',
  'slow-message': 'warn',
  'slow-reader': 'warn',
  unanswered: 'warn',
  'broken-frame': 'warn',
  'cut-short': 'warn',
  'bad-message': 'warn',
  'wrong-macs': 'warn',
  'no-handshake': 'warn',
  'too-many': 'warn',
};

/** So many lines of endings stand in the log between two sums; beyond them they are counted and said in one line. */
const linesMax = 10;

export interface Endings {
  note(reason: EndReason, facts: Readonly<Record<string, unknown>>): void;
  /** Called every now and then: what was too much for the log meanwhile is said as a number. */
  sum(): void;
}

/** Counts how connections end and writes it to the log; a flood of them is no flood of lines. */
export function openEndings(listener: string, log: Log, metrics: Metrics): Endings {
  let lines = 0;
  let unsaid = 0;
  return {
    note(reason, facts) {
      metrics.posEndings.inc({ listener, reason });
      const level = levels[reason];
      if (level !== 'debug' && lines >= linesMax) {
        unsaid += 1;
        return;
      }
      if (level !== 'debug') lines += 1;
      log[level]('a terminal connection ended', { listener, reason, ...facts });
    },
    sum() {
      if (unsaid > 0) log.warn('more terminal connections ended', { listener, connections: unsaid });
      [lines, unsaid] = [0, 0];
    },
  };
}
