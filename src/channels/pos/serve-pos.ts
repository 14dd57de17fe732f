import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import type { Log } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';
import { StartError } from '#platform/start-error.ts';
import { type Connection, type ConnectionParts, openConnection } from './connection.ts';
import { type Endings, openEndings } from './endings.ts';
import type { Listener, ListenerTls } from './listeners/listener.ts';
import type { AnswerMessage } from './message-answer.ts';

export interface PosServer {
  readonly port: number;
  /** Takes no new connections and reads no new messages, answers what is under way, and ends the rest when the time is over. */
  stop(): Promise<void>;
}

/** What of a listener is about connections; the rest is for whoever reads the messages. */
export type ServedListener = Omit<Listener, 'layout' | 'codec' | 'mac' | 'logMessages'>;

export interface PosServerParts {
  readonly listener: ServedListener;
  readonly answer: AnswerMessage;
  readonly log: Log;
  readonly metrics: Metrics;
  /** For tests; the service has the defaults. */
  readonly limits?: Partial<typeof defaultLimits>;
}

const defaultLimits = {
  drainMs: 10_000,
  lingerMs: 2_000,
  /** How often connections that are over their time are looked for: one timer, however many there are. */
  sweepMs: 500,
};
/** Little is read ahead for a connection that is held: with thousands of them it is theirs to keep. */
const readAheadBytes = 4096;
/** A terminal whose network is gone says no good-bye: the system asks after it. */
const keepAliveDelayMs = 60_000;

/** Listens for terminals. A port that is taken or not allowed is a StartError. */
export async function servePos(parts: PosServerParts): Promise<PosServer> {
  const { listener, log } = parts;
  const limits = { ...defaultLimits, ...parts.limits };
  const endings = openEndings(listener.name, log, parts.metrics);
  const crowd = openCrowd(parts, endings, limits);
  const server = openServer(listener, crowd, endings);
  await listen(server, listener);
  server.on('error', (error) => log.error('a listener failed', { listener: listener.name, error }));
  const sweep = setInterval(() => {
    // Where we stood still, what came meanwhile is read before anybody is called late.
    const nowMs = performance.now();
    setImmediate(() => crowd.lookAfter(nowMs));
    endings.sum();
  }, limits.sweepMs);
  const stop = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    crowd.finish();
    const timer = setTimeout(crowd.destroy, limits.drainMs);
    await closed;
    clearTimeout(timer);
    clearInterval(sweep);
    endings.sum();
  };
  return { port: (server.address() as AddressInfo).port, stop };
}

/** All connections of a listener. */
interface Crowd {
  /** A socket that was accepted, whose handshake is not done. */
  accept(socket: Socket): void;
  open(socket: Socket): void;
  lookAfter(nowMs: number): void;
  finish(): void;
  destroy(): void;
}

function openCrowd(parts: PosServerParts, endings: Endings, limits: typeof defaultLimits): Crowd {
  const { listener, log, metrics } = parts;
  const { name } = listener;
  const gauge = metrics.posConnections.labels({ listener: name });
  const wrongMacs = metrics.posWrongMacs.labels({ listener: name });
  const connections = new Set<Connection>();
  const accepted = new Set<Socket>();
  let isFinishing = false;
  const shared: ConnectionParts = {
    ...{ listener, endings, log },
    answer: measured(parts, name),
    limits: { ...limits, idleMs: listener.idleMs, messageMs: listener.messageMs },
    nowMs: () => performance.now(),
    count: answerCount(metrics, name),
    countWrongMac: () => wrongMacs.inc(),
  };
  const destroy = () => {
    for (const connection of connections) connection.destroy();
    for (const socket of accepted) socket.destroy();
  };
  return {
    accept(socket) {
      accepted.add(socket);
      // A socket keeps the address that it was asked for once, also when it is gone.
      void socket.remoteAddress;
      socket.on('error', () => undefined);
      socket.on('close', () => accepted.delete(socket));
    },
    open(socket) {
      log.debug('a terminal connected', { listener: name, remoteAddress: socket.remoteAddress });
      const connection = openConnection(socket, shared, () => {
        connections.delete(connection);
        gauge.set(connections.size);
        if (isFinishing && connections.size === 0) destroy();
      });
      gauge.set(connections.add(connection).size);
      if (isFinishing) connection.finish('stop');
    },
    lookAfter(nowMs) {
      for (const connection of connections) connection.lookAfter(nowMs);
    },
    finish() {
      isFinishing = true;
      for (const connection of connections) connection.finish('stop');
      // Whoever is still at the handshake has nothing under way.
      if (connections.size === 0) destroy();
    },
    destroy,
  };
}

/** The answers of a listener, each timed from its message on; one that fails is none. */
function measured({ answer, metrics }: PosServerParts, listener: string): AnswerMessage {
  const seconds = metrics.posMessageSeconds.labels({ listener });
  return (body, sender) => {
    const startedMs = performance.now();
    const observe = () => seconds.observe((performance.now() - startedMs) / 1_000);
    const answered = answer(body, sender);
    if (answered instanceof Promise) answered.then(observe, () => undefined);
    else observe();
    return answered;
  };
}

/** Looking a counter up by its labels costs more than raising it. */
function answerCount(metrics: Metrics, listener: string): ConnectionParts['count'] {
  const counter = (answer: string) => metrics.posMessages.labels({ listener, answer });
  const counters = {
    sent: counter('sent'),
    none: counter('none'),
    undelivered: counter('undelivered'),
    fault: counter('fault'),
  };
  return (fate) => counters[fate].inc();
}

function openServer(listener: ServedListener, crowd: Crowd, endings: Endings): Server {
  const options = {
    // A terminal that ends its side after a request is answered all the same.
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveDelayMs,
    highWaterMark: readAheadBytes,
  };
  const server =
    listener.tls === null
      ? createServer(options, crowd.open)
      : createTlsServer(
          { ...options, ...tlsOptions(listener.tls), handshakeTimeout: listener.messageMs },
          crowd.open,
        );
  if (listener.tls !== null) server.on('connection', crowd.accept);
  server.maxConnections = listener.connectionsMax;
  server.on('drop', (dropped) => endings.note('too-many', { remoteAddress: dropped?.remoteAddress }));
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: FailedTls) => {
    const { authorizationError: why } = socket;
    endings.note('no-handshake', {
      remoteAddress: socket.remoteAddress ?? socket._parent?.remoteAddress,
      code: error.code,
      // Of a certificate that is not accepted the error says only that the connection was ended.
      ...(typeof why === 'string' ? { certificate: why } : {}),
    });
    socket.destroy();
  });
  return server;
}

/** It may be gone already, and then only the socket under it still knows whose it was: it was asked when it was accepted. */
type FailedTls = Socket & { readonly _parent?: Socket | null; readonly authorizationError?: unknown };

function tlsOptions({ certificate, key, clientAuthority }: ListenerTls): TlsOptions {
  const asked = clientAuthority !== null;
  return {
    cert: certificate,
    key,
    minVersion: 'TLSv1.2',
    requestCert: asked,
    rejectUnauthorized: asked,
    ...(asked ? { ca: clientAuthority } : {}),
  };
}

function listen(server: Server, listener: ServedListener): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) =>
      reject(new StartError(whyNotListening(error.code, listener), { cause: error }));
    server.once('error', refuse);
    server.listen(listener.port, listener.host, () => {
      server.off('error', refuse);
      resolve();
    });
  });
}

/** What a host name answers that is not known, or is no address of this machine. */
const hostCodes: readonly string[] = ['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'];

function whyNotListening(
  code: string | undefined,
  { name, host, port, portSetting }: ServedListener,
): string {
  const other = `give the terminals of "${name}" another one (${portSetting}).`;
  if (code === 'EADDRINUSE') return `Port ${port} on ${host} is taken by another program: ${other}`;
  if (code !== undefined && hostCodes.includes(code))
    return `The host ${host} of the terminals of "${name}" is no address of this machine (${code}).`;
  return `Port ${port} on ${host} cannot be used (${code}): ${other}`;
}
