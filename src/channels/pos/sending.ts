import type { Socket } from 'node:net';

/** Answers on their way out of one connection. */
export interface Sending {
  send(bytes: Buffer): void;
  /** Since when more is unsent than may be, by the clock given; null where the peer keeps up. */
  readonly unsentSinceMs: number | null;
  /** Whether something was not yet given to the socket. */
  readonly isWaiting: boolean;
}

/** A peer that leaves more than this unread is asked nothing more until it has read it all. */
const unsentBytesMax = 64 * 1024;

interface SendingParts {
  readonly nowMs: () => number;
  /** Called when what waited was given to the socket, and when a peer that did not keep up has read everything. */
  readonly onSent: () => void;
}

/** Sends what becomes ready in one tick in one write: a group's answers come all at once, and a write is dear. */
export function openSending(socket: Socket, { nowMs, onSent }: SendingParts): Sending {
  let waiting: Buffer[] = [];
  let unsentSinceMs: number | null = null;

  function flush(): void {
    const [first, ...rest] = waiting;
    waiting = [];
    if (first !== undefined && socket.writable)
      socket.write(rest.length === 0 ? first : Buffer.concat([first, ...rest]));
    if (socket.writableLength > unsentBytesMax) unsentSinceMs ??= nowMs();
    onSent();
  }
  socket.on('drain', () => {
    unsentSinceMs = null;
    onSent();
  });
  return {
    send(bytes) {
      // Promises that resolve together all come before the next tick.
      if (waiting.push(bytes) === 1) process.nextTick(flush);
    },
    get unsentSinceMs() {
      return unsentSinceMs;
    },
    get isWaiting() {
      return waiting.length > 0;
    },
  };
}
