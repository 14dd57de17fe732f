import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { signRequest } from '#terminals/rules/signature.ts';

/** Who signs, and with which key (in hex). */
export interface Signer {
  readonly terminalId: number;
  readonly key: string;
}

/** What a terminal posts. Sent again, it is the same request: only the signature and its time are new. */
export interface TerminalPost {
  readonly path: string;
  readonly idempotencyKey: string;
  readonly body: object;
}

/** What is asked for with a token instead of a signature. */
interface BearerCall {
  readonly method: 'GET' | 'POST';
  readonly url: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The JSON of the answer; undefined when it is none. */
  readonly body: unknown;
}

/** Where to, how long to wait for the whole answer, and how often it was tried before. */
interface Sending {
  /** "http://127.0.0.1:8080". */
  readonly address: string;
  readonly timeoutMs: number;
  readonly retryAttempt: number;
}

/** Speaks HTTP as terminals and finance staff do, over connections that stay open. */
export interface TerminalClient {
  /** Signs and posts. Throws when no answer came: nobody knows then what was decided. */
  post(signer: Signer, what: TerminalPost, sending: Sending): Promise<HttpAnswer>;
  /** Calls as the bearer of a token. */
  call(token: string, what: BearerCall, timeoutMs: number): Promise<HttpAnswer>;
  close(): void;
}

const answerBytesMax = 4_000_000;

/** A client with at most so many connections to one address; who finds none free waits. */
export function terminalClient(connectionsMax: number): TerminalClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connectionsMax });
  const timeNow = risingClock();
  return {
    post: ({ terminalId, key }, { path, idempotencyKey, body }, { address, timeoutMs, retryAttempt }) => {
      const bytes = Buffer.from(JSON.stringify(body));
      const time = String(timeNow());
      const signed = { method: 'POST', path, time, key: idempotencyKey, body: bytes };
      const headers = {
        'content-type': 'application/json',
        'content-length': bytes.length,
        'terminal-id': String(terminalId),
        'request-time': time,
        'idempotency-key': idempotencyKey,
        'request-signature': signRequest(Buffer.from(key, 'hex'), signed),
        ...(retryAttempt > 0 ? { 'retry-attempt': String(retryAttempt) } : {}),
      };
      return send(agent, { method: 'POST', url: address + path, headers, bytes, timeoutMs });
    },
    call: (token, { method, url }, timeoutMs) => {
      const headers = { authorization: `Bearer ${token}`, 'content-length': 0 };
      return send(agent, { method, url, headers, bytes: Buffer.alloc(0), timeoutMs });
    },
    close: () => agent.destroy(),
  };
}

/** Two attempts within a millisecond would carry the same signature, and the second would be taken for a recording. */
function risingClock(): () => number {
  let last = 0;
  return () => {
    last = Math.max(last + 1, Date.now());
    return last;
  };
}

interface Outgoing {
  readonly method: string;
  readonly url: string;
  readonly headers: OutgoingHttpHeaders;
  readonly bytes: Buffer;
  readonly timeoutMs: number;
}

function send(agent: Agent, { method, url, headers, bytes, timeoutMs }: Outgoing): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent });
    const timer = setTimeout(() => outgoing.destroy(new Error('no answer in time')), timeoutMs);
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(error);
    };
    outgoing.on('error', fail);
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      let length = 0;
      incoming.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > answerBytesMax) outgoing.destroy(new Error('an answer larger than any of ours'));
        chunks.push(chunk);
      });
      incoming.on('error', fail);
      incoming.on('aborted', () => fail(new Error('the answer broke off')));
      incoming.on('end', () => {
        clearTimeout(timer);
        const { statusCode = 0, headers: answered } = incoming;
        resolve({ status: statusCode, headers: answered, body: parsed(Buffer.concat(chunks)) });
      });
    });
    outgoing.end(bytes);
  });
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
