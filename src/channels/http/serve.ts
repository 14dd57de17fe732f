import {
  createServer,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener, RequestError } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { asRequest, requestIdHeader } from '#channels/http/calls/as-request.ts';
import type { NoteCall } from '#channels/http/calls/note-calls.ts';
import { isPlainPath } from '#channels/http/calls/plain-path.ts';
import { problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import type { ProblemCode } from '#channels/http/wire/problem-catalogue.ts';
import { newRequestId } from '#platform/requests/current-request.ts';
import { StartError } from '#platform/start-error.ts';
import type { HttpEnv } from './parts.ts';

export interface HttpServer {
  readonly port: number;
  /** From now on every answer is the last of its connection: whoever comes again is led elsewhere. */
  drain(): void;
  /** Takes no new connections, answers what is under way, and ends the rest when the time is over. */
  stop(): Promise<void>;
}

/** A client that sends its request more slowly than this is cut off; nothing of it was looked at. */
const defaultLimits = {
  requestTimeoutMs: 15_000,
  headersTimeoutMs: 10_000,
  keepAliveTimeoutMs: 65_000,
  /** How often the two time-outs above are looked after. */
  checkEveryMs: 1_000,
  connectionsMax: 10_000,
  drainMs: 10_000,
};
const headerBytesMax = 16 * 1024;

export interface HttpPlace {
  readonly host: string;
  readonly port: number;
  /** Writes a line for each call; null and undefined write none. */
  readonly note?: NoteCall | null;
  /** For tests; the service has the defaults. */
  readonly limits?: Partial<typeof defaultLimits>;
}

/** Listens on a port. A port that is taken or not allowed is a StartError. */
export function serveHttp(app: OpenAPIHono<HttpEnv>, place: HttpPlace): Promise<HttpServer> {
  const limits = { ...defaultLimits, ...place.limits };
  return new Promise((resolve, reject) => {
    const answer = getRequestListener(app.fetch as Parameters<typeof getRequestListener>[0], {
      hostname: place.host,
      // A Host or a path that makes no address does not reach the app.
      errorHandler: (error) =>
        problemResponse(problemOf(error instanceof RequestError ? 'invalid-request' : 'fault')),
    });
    const options = {
      requestTimeout: limits.requestTimeoutMs,
      headersTimeout: limits.headersTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: limits.checkEveryMs,
      maxHeaderSize: headerBytesMax,
    };
    const server = createServer(options, asRequest(ifPlain(answer), place.note ?? null));
    const drain = endAfterAnswers(server);
    server.maxConnections = limits.connectionsMax;
    server.on('clientError', refuseClient);
    server.on('error', (error: NodeJS.ErrnoException) => {
      reject(new StartError(whyNotListening(error.code, place), { cause: error }));
    });
    server.listen(place.port, place.host, () => {
      const { port } = server.address() as AddressInfo;
      const stopServer = () => {
        drain();
        return stop(server, limits.drainMs);
      };
      resolve({ port, drain, stop: stopServer });
    });
  });
}

/** Nothing is behind a path that is written in another way than the one: it does not reach the app. */
function ifPlain(answer: RequestListener): RequestListener {
  return (incoming, outgoing) => {
    if (isPlainPath(incoming.url ?? '')) return answer(incoming, outgoing);
    const problem = problemOf('not-found');
    const body = JSON.stringify(problem);
    const headers = {
      'content-type': 'application/problem+json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      connection: 'close',
    };
    outgoing.writeHead(problem.status, headers).end(body);
  };
}

/** What a host name answers that is not known, or is no address of this machine. */
const hostCodes: readonly string[] = ['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'];

function whyNotListening(code: string | undefined, { host, port }: HttpPlace): string {
  if (code === 'EADDRINUSE')
    return `Port ${port} on ${host} is taken by another program: set PORT to another one.`;
  if (code !== undefined && hostCodes.includes(code))
    return `The host ${host} is no address of this machine (${code}): set HOST to one that is, like 127.0.0.1.`;
  return `Port ${port} on ${host} cannot be used (${code}): set PORT to another one.`;
}

const problemsOfNode: Readonly<Record<string, ProblemCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'body-too-slow',
  HPE_HEADER_OVERFLOW: 'headers-too-large',
};

/** What does not become a request is told its problem too, unless an answer is under way; its connection ends. */
function refuseClient(error: NodeJS.ErrnoException, socket: Duplex): void {
  const { _httpMessage: answer } = socket as { _httpMessage?: { headersSent: boolean } };
  if (!socket.writable || answer?.headersSent) {
    socket.destroy();
    return;
  }
  const problem = problemOf(problemsOfNode[error.code ?? ''] ?? 'invalid-request');
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `${requestIdHeader.toLowerCase()}: ${newRequestId()}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

/**
 * Gives what makes answers say that their connection ends, also those that are under way: of each connection the newest,
 * so that no answer before it cuts it off. The map has an entry a connection and not one an answer: see `inFlight` for
 * what a map costs whose entries come and go with every request.
 */
function endAfterAnswers(server: Server): () => void {
  const newest = new Map<Socket, ServerResponse | null>();
  let isEnding = false;
  server.on('connection', (socket) => {
    newest.set(socket, null);
    socket.once('close', () => newest.delete(socket));
  });
  // Before the app hears of it: the headers are not out yet.
  server.prependListener('request', ({ socket }, response) => {
    if (isEnding) response.shouldKeepAlive = false;
    if (!newest.has(socket)) return;
    newest.set(socket, response);
    response.once('close', () => {
      if (newest.get(socket) === response) newest.set(socket, null);
    });
  });
  return () => {
    isEnding = true;
    for (const response of newest.values())
      if (response?.headersSent === false) response.shouldKeepAlive = false;
  };
}

async function stop(server: Server, drainMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), drainMs);
  // A keep-alive connection becomes idle when its answer is out.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  await closed;
  clearTimeout(timer);
  clearInterval(sweep);
}
