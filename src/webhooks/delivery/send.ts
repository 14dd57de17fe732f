import { Agent as HttpAgent, type IncomingMessage, request as requestPlain } from 'node:http';
import { Agent as HttpsAgent, request as requestSecure } from 'node:https';
import { isIPv6, type LookupFunction } from 'node:net';
import type { NetworkPolicy } from '#webhooks/rules/endpoint-url.ts';
import { type AttemptOutcome, outcomeOfStatus } from '#webhooks/rules/schedule.ts';
import { addressesFor, type ResolveName } from './addresses.ts';
import { retryAfterMs } from './retry-after.ts';

/** Standard Webhooks: an answer may take 15 to 30 seconds. */
const answerTimeoutMs = 15_000;
/** Nothing of an answer's body counts; so much is read, and then the connection is ended. */
const bodyBytesMax = 64 * 1024;

export interface SendParts {
  readonly policy: NetworkPolicy;
  readonly resolve: ResolveName;
  readonly timeoutMs?: number;
  /** For tests: an authority of their own instead of the public ones. */
  readonly authority?: string;
}

interface Outgoing {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string;
}

interface SendResult {
  readonly outcome: AttemptOutcome;
  readonly status: number | null;
  readonly retryAfterMs: number | null;
}

const without = (outcome: AttemptOutcome): SendResult => ({ outcome, status: null, retryAfterMs: null });

/** Posts messages. It never throws for what the other side does. */
export interface Sender {
  send(outgoing: Outgoing, stop: AbortSignal): Promise<SendResult>;
  close(): void;
}

/** A connection that is free this long is ended: most servers end theirs after five seconds. */
const freeConnectionMs = 4_000;

/**
 * The name is looked up for each message, every address of it is judged, and a connection goes to one of exactly these,
 * so that a second answer of the name server changes nothing; who sends us elsewhere is not followed. A connection that
 * is used again leads where it led when its address was judged.
 */
export function openSender(parts: SendParts): Sender {
  const kept = { keepAlive: true, timeout: freeConnectionMs, maxFreeSockets: 64 };
  const agents: Agents = { http: new HttpAgent(kept), https: new HttpsAgent(kept) };
  return {
    send: async (outgoing, stop) => {
      const timeout = AbortSignal.timeout(parts.timeoutMs ?? answerTimeoutMs);
      const signal = AbortSignal.any([timeout, stop]);
      try {
        const url = new URL(outgoing.url);
        const addresses = await raced(addressesFor(url, parts.policy, parts.resolve), signal);
        if (typeof addresses === 'string') return without(addresses);
        const call: Call = { url, addresses, outgoing, agents, authority: parts.authority };
        // Raced with the time itself: however a connection ends, nothing of it holds a place for longer.
        const { status, retryAfter } = await raced(post(call, signal), signal);
        const outcome = outcomeOfStatus(status);
        return { outcome, status, retryAfterMs: retryAfterMs(retryAfter, Date.now()) };
      } catch {
        return without(timeout.aborted ? 'timeout' : 'unreachable');
      }
    },
    close: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

interface Call {
  readonly url: URL;
  readonly addresses: readonly string[];
  readonly outgoing: Outgoing;
  readonly agents: Agents;
  readonly authority: string | undefined;
}

interface Answered {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

/** Posts once; on a new connection a second time, where the other side had ended the one that was kept. */
function post(call: Call, signal: AbortSignal, on: 'kept' | 'new' = 'kept'): Promise<Answered> {
  const { url, addresses, outgoing, agents, authority } = call;
  const body = Buffer.from(outgoing.payload, 'utf8');
  const isSecure = url.protocol === 'https:';
  const options = {
    method: 'POST',
    signal,
    lookup: lookupOf(addresses),
    headers: {
      ...outgoing.headers,
      'content-type': 'application/json',
      'content-length': String(body.length),
      'user-agent': 'one-card-webhooks/1',
    },
    // Said, so that no variable of the environment says otherwise: who cannot prove its name gets nothing.
    rejectUnauthorized: true,
    ...(authority === undefined ? {} : { ca: authority }),
  };
  return new Promise((resolve, reject) => {
    const request = isSecure
      ? requestSecure(url, { ...options, agent: on === 'kept' && agents.https })
      : requestPlain(url, { ...options, agent: on === 'kept' && agents.http });
    request.on('response', (response) => {
      const retryAfter = response.headers['retry-after'];
      readBounded(response).then(() => resolve({ status: response.statusCode ?? 0, retryAfter }), reject);
    });
    // Nobody asked for another protocol. Without this the call would have neither an answer nor an error.
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, retryAfter: undefined });
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      // The other side ended a connection that we were about to use again: it has seen nothing of this message.
      if (request.reusedSocket && error.code === 'ECONNRESET')
        post(call, signal, 'new').then(resolve, reject);
      else reject(error);
    });
    request.end(body);
  });
}

/** Reads to the end of a short body, and ends the connection of a long one: its status has been said. */
async function readBounded(response: IncomingMessage): Promise<void> {
  let bytes = 0;
  for await (const chunk of response) {
    bytes += (chunk as Buffer).length;
    if (bytes > bodyBytesMax) break;
  }
}

/** What Node asks for a name's addresses before it connects: it gets those that were judged. */
function lookupOf(addresses: readonly string[]): LookupFunction {
  const answers = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return (_hostname, options, callback) => {
    if (options.all === true) callback(null, answers);
    else callback(null, answers[0]?.address ?? '', answers[0]?.family ?? 4);
  };
}

function raced<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return Promise.race([
    work,
    new Promise<never>((_, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    }),
  ]);
}
