import { connect, type Socket } from 'node:net';

/** A connection that is written to as the test likes, and what came back on it. */
export interface RawConnection {
  readonly socket: Socket;
  /** Resolves with the whole text when the other side has ended the connection. */
  readonly ended: Promise<string>;
  /** Resolves when this much of the answer is there. */
  until(text: string): Promise<string>;
}

export function openRaw(port: number): RawConnection {
  const socket = connect(port, '127.0.0.1');
  let received = '';
  const listeners = new Set<() => void>();
  socket.setEncoding('utf8');
  socket.on('data', (chunk) => {
    received += chunk;
    for (const listener of listeners) listener();
  });
  socket.on('error', () => undefined);
  const ended = new Promise<string>((resolve) => socket.on('close', () => resolve(received)));
  const until = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        if (!received.includes(text)) return;
        listeners.delete(look);
        resolve(received);
      };
      listeners.add(look);
      void ended.then(() => reject(new Error(`ended before "${text}"`)));
      look();
    });
  return { socket, ended, until };
}

/** Sends one text and gives everything that comes back until the other side ends. */
export function sendRaw(port: number, text: string | Buffer): Promise<string> {
  const { socket, ended } = openRaw(port);
  socket.write(text);
  return ended;
}

/** The status and the JSON body of a raw answer that is alone on its connection. */
export function parseRaw(answer: string): {
  status: number;
  type: string;
  body: { code?: string; titleZh?: string };
} {
  const [head = '', ...rest] = answer.split('\r\n\r\n');
  const type = /^content-type: (.*)$/im.exec(head)?.[1] ?? '';
  return { status: Number(head.split(' ')[1]), type, body: JSON.parse(rest.join('\r\n\r\n')) };
}
