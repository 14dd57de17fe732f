import { connect, type Socket } from 'node:net';
import { openFramer } from '#iso8583/framing/framer.ts';
import { framings } from '#iso8583/framing/framings.ts';

/** Two bytes of length and a message, which is any text here. */
export const rawFraming = framings.nac;

/** A connection that is written to as a test likes; what comes back is cut into frames. */
export interface RawFrames {
  readonly socket: Socket;
  /** The texts that came so far. */
  readonly received: readonly string[];
  /** How often bytes came: what is sent in one write comes at once. */
  readonly chunks: () => number;
  /** Resolves when the connection is gone, however it went. */
  readonly ended: Promise<void>;
  /** Resolves when so many texts are there. */
  until(count: number): Promise<readonly string[]>;
}

/** A text with its length before it. */
export function textFrame(text: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Buffer.byteLength(text));
  return Buffer.concat([length, Buffer.from(text)]);
}

/** Connects to a port on this machine. */
export function openRawFrames(port: number): RawFrames {
  return rawFramesOf(connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: false }));
}

/** The same for a socket that is there already. */
export function rawFramesOf(socket: Socket): RawFrames {
  const framer = openFramer(rawFraming);
  const received: string[] = [];
  const waiting = new Set<() => void>();
  let chunks = 0;
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    chunks += 1;
    framer.push(chunk);
    for (let read = framer.next(); read !== null; read = framer.next()) {
      if (read === 'keep-alive') received.push('');
      else if ('error' in read) throw new Error(read.error);
      else received.push(Buffer.from(read.body).toString());
    }
    for (const look of waiting) look();
  });
  const ended = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  const until = (count: number) =>
    new Promise<readonly string[]>((resolve, reject) => {
      const look = () => {
        if (received.length < count) return;
        waiting.delete(look);
        resolve(received);
      };
      waiting.add(look);
      void ended.then(() => reject(new Error(`ended with ${received.length} of ${count} frames`)));
      look();
    });
  return { socket, received, chunks: () => chunks, ended, until };
}
