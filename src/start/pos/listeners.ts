import { isDeepStrictEqual } from 'node:util';
import type { Listener } from '#channels/pos/listeners/listener.ts';
import { listenerOf, readListeners } from '#channels/pos/listeners/read-listeners.ts';
import type { AnswerMessage } from '#channels/pos/message-answer.ts';
import { type PosServer, servePos } from '#channels/pos/serve-pos.ts';
import { framings } from '#iso8583/framing/framings.ts';
import type { Config } from '#platform/config.ts';
import type { Log } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';

/** Where terminals of ISO 8583 are served, and in which layout. */
export interface PosPort {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly layout: string;
  readonly isTls: boolean;
  /** Whether the terminal of the demonstration (`npm run pos`) speaks as it listens. */
  readonly isOfDemo: boolean;
}

const defaultPort = 8583;
const demoSpeaks = { dialect: 'unionpay-pos', framing: 'unionpay-pos', mac: 'cup-ecb' } as const;

/**
 * The listeners that the settings ask for: those of the file, or one for the demonstration on our own database, so that
 * other instances need no port they never asked for. A mistake in the file is a StartError.
 */
export function chooseListeners(config: Config): Listener[] {
  const { posListeners, posPort, host, databaseUrl } = config;
  if (posListeners !== undefined) return readListeners(posListeners);
  const isEmbedded = databaseUrl === undefined;
  const isDemo = config.demo ?? isEmbedded;
  if (posPort === undefined && !(isEmbedded && isDemo)) return [];
  // A newcomer looks for the first message in the log.
  return [
    listenerOf({
      name: 'unionpay-pos',
      host,
      port: posPort ?? defaultPort,
      ...demoSpeaks,
      logMessages: isDemo,
    }),
  ];
}

export interface PosChannelParts {
  readonly answererOf: (listener: Listener) => AnswerMessage;
  readonly log: Log;
  readonly metrics: Metrics;
}

/**
 * Serves them all, and says on which ports; `started` is told how they are stopped: all at once, since each waits for
 * its answers, and a service has no time to wait for one after the other.
 */
export async function servePosListeners(
  listeners: readonly Listener[],
  { answererOf, log, metrics }: PosChannelParts,
  started: (() => unknown)[],
): Promise<PosPort[]> {
  const ports: PosPort[] = [];
  const servers: PosServer[] = [];
  started.push(() => Promise.all(servers.map((server) => server.stop())));
  for (const listener of listeners) {
    const server = await servePos({ listener, answer: answererOf(listener), log, metrics });
    servers.push(server);
    const { name, host, layout, tls } = listener;
    const isTls = tls !== null;
    ports.push({ name, host, port: server.port, layout: layout.name, isTls, isOfDemo: isOfDemo(listener) });
  }
  return ports;
}

function isOfDemo({ layout, framing, mac, tls }: Listener): boolean {
  const { frameBytesMax } = framing;
  const isFramed = isDeepStrictEqual(framing, { ...framings[demoSpeaks.framing], frameBytesMax });
  return tls === null && layout.name === demoSpeaks.dialect && isFramed && mac === demoSpeaks.mac;
}
