import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A message as it came in. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a receiver answers: a status with headers, or nothing at all. */
type Reply =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: Buffer }
  | 'silence';

/** A partner's real server on this machine, that keeps what it gets and answers as the test says. */
export interface Receiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** Answers so from now on. */
  reply(next: Reply | ((received: Received) => Reply)): void;
  /** Messages that are being answered at this moment. */
  readonly open: () => number;
  /** Connections that were ever made. */
  readonly connections: () => number;
  endIdleConnections(): void;
  close(): Promise<void>;
}

export async function openReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const waiting = new Set<ServerResponse>();
  let reply: (received: Received) => Reply = () => ({ status: 204 });
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    waiting.add(response);
    response.on('close', () => waiting.delete(response));
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      // The sender went away in the middle of it.
      return;
    }
    const one = {
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    received.push(one);
    const answer = reply(one);
    if (answer === 'silence') return;
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    received,
    reply: (next) => {
      reply = typeof next === 'function' ? next : () => next;
    },
    open: () => waiting.size,
    connections: () => connections,
    endIdleConnections: () => server.closeIdleConnections(),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
