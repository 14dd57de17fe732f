import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { Codec } from '#iso8583/codec.ts';
import { type Framer, frameBytes, openFramer } from '#iso8583/framing/framer.ts';
import type { Frame, Framing } from '#iso8583/framing/framing.ts';

export interface PosAddress {
  readonly host: string;
  readonly port: number;
  readonly tls?: ConnectionOptions;
}

export interface LineOptions {
  /** Asked at each connect, so that a terminal may go to another instance. */
  readonly address: () => PosAddress;
  readonly framing: Framing;
  readonly codec: Codec;
}

/** What an answer must carry to be the one that is waited for. */
interface Call {
  /** "0210", for a repeat too. */
  readonly answerMti: string;
  readonly trace: string;
  readonly terminal: string;
  readonly timeoutMs: number;
}

/** Why no answer came. What became of the request is then known to the host alone. */
export type Silence = 'not-connected' | 'closed' | 'late' | 'garbled' | 'not-genuine';

/** No answer came that could be believed: the request is repeated or reversed. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly silence: Silence;
  constructor(silence: Silence, cause?: unknown) {
    super(`no answer: ${silence}`, { cause });
    this.silence = silence;
  }
}

/** A connection that a terminal keeps: opened when something is sent, and again after it broke. */
export interface PosLine {
  /** Sends a message and gives its answer. Several may be under way. Throws NoAnswer. */
  ask(body: Uint8Array, call: Call): Promise<Uint8Array>;
  /** Breaks the connection in the middle of whatever is under way. */
  hangUp(): void;
  close(): void;
}

const connectLimitMs = 5_000;
/** From a terminal (0000) to the host's application 0003. */
const terminalTpdu = '6000030000';
/** Application 60, version 31: what UnionPay terminals send. */
const terminalHeader = '603100311003';

interface Waiter {
  readonly answer: (body: Uint8Array) => void;
  readonly fail: (error: NoAnswer) => void;
}

/** A line to a host. Answers that nobody waits for any more are dropped. */
export function openLine({ address, framing, codec }: LineOptions): PosLine {
  let connecting: Promise<Socket> | null = null;
  let socket: Socket | null = null;
  let isClosed = false;
  const waiters = new Map<string, Waiter[]>();

  const failAll = (error: NoAnswer) => {
    const all = [...waiters.values()].flat();
    waiters.clear();
    for (const waiter of all) waiter.fail(error);
  };
  const dispatch = (frame: Frame) => {
    const [waiter, ...others] = waiters.get(keyOf(codec, frame.body)) ?? [];
    if (waiter === undefined) return;
    waiters.set(keyOf(codec, frame.body), others);
    waiter.answer(frame.body);
  };
  const adopt = (opened: Socket) => {
    if (isClosed) {
      opened.destroy();
      throw new NoAnswer('closed');
    }
    const framer = openFramer(framing);
    opened.on('data', (chunk) => {
      if (!readFrames(framer, chunk, dispatch)) {
        failAll(new NoAnswer('garbled'));
        opened.destroy();
      }
    });
    opened.on('close', () => {
      if (socket !== opened) return;
      socket = null;
      failAll(new NoAnswer('closed'));
    });
    socket = opened;
    return opened;
  };
  const hangUp = () => {
    const left = socket;
    socket = null;
    left?.destroy();
    failAll(new NoAnswer('closed'));
  };
  const connected = async (): Promise<Socket> => {
    if (socket !== null) return socket;
    connecting ??= openSocket(address())
      .then(adopt)
      .finally(() => {
        connecting = null;
      });
    return connecting;
  };

  return {
    ask: async (body, call) => {
      if (isClosed) throw new NoAnswer('closed');
      const opened = await connected();
      // It may have been hung up meanwhile.
      if (opened.destroyed) throw new NoAnswer('closed');
      return new Promise<Uint8Array>((resolve, reject) => {
        const key = `${call.answerMti} ${call.trace} ${call.terminal}`;
        const timer = setTimeout(() => waiter.fail(new NoAnswer('late')), call.timeoutMs);
        const over = () => {
          clearTimeout(timer);
          const left = (waiters.get(key) ?? []).filter((other) => other !== waiter);
          if (left.length === 0) waiters.delete(key);
          else waiters.set(key, left);
        };
        const waiter: Waiter = {
          answer: (answer) => {
            over();
            resolve(answer);
          },
          fail: (error) => {
            over();
            reject(error);
          },
        };
        waiters.set(key, [...(waiters.get(key) ?? []), waiter]);
        opened.write(frameBytes(framing, { ...around(framing), body }));
      });
    },
    hangUp,
    close: () => {
      isClosed = true;
      hangUp();
    },
  };
}

/** TPDU and header as a terminal sends them under this framing. */
export function around({ tpdu, headerBytes }: Framing): Pick<Frame, 'tpdu' | 'header'> {
  return {
    tpdu: tpdu === 'none' ? null : Buffer.from(terminalTpdu, 'hex'),
    header: headerBytes === 0 ? null : Buffer.concat([Buffer.from(terminalHeader, 'hex')], headerBytes),
  };
}

function keyOf(codec: Codec, body: Uint8Array): string {
  return [0, 11, 41].map((field) => String(codec.peek(body, field))).join(' ');
}

/** False where the stream is none of this framing. */
function readFrames(framer: Framer, chunk: Uint8Array, take: (frame: Frame) => void): boolean {
  framer.push(chunk);
  for (let read = framer.next(); read !== null; read = framer.next()) {
    if (read === 'keep-alive') continue;
    if (!('body' in read)) return false;
    take(read);
  }
  return true;
}

function openSocket({ host, port, tls }: PosAddress): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const opened = tls === undefined ? connect({ host, port }) : connectTls({ ...tls, host, port });
    opened.setNoDelay(true);
    const timer = setTimeout(() => opened.destroy(new Error('no connection in time')), connectLimitMs);
    opened.once(tls === undefined ? 'connect' : 'secureConnect', () => {
      clearTimeout(timer);
      opened.off('error', fail);
      opened.on('error', () => undefined);
      resolve(opened);
    });
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(new NoAnswer('not-connected', error));
    };
    opened.once('error', fail);
  });
}
