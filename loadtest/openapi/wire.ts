import { Agent, type IncomingHttpHeaders, request } from 'node:http';

/** A request as it goes out: headers in pairs, so that one may come twice. */
export interface Outgoing {
  readonly method: string;
  /** With its query. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer | null;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Without its parameters: "application/json". */
  readonly type: string;
  readonly text: string;
  /** Undefined where the text is no JSON. */
  readonly json: unknown;
}

export interface Wire {
  send(outgoing: Outgoing): Promise<Answer>;
  close(): void;
}

const timeoutMs = 30_000;
const answerBytesMax = 16_000_000;

/** Speaks HTTP over connections that stay open. */
export function openWire(port: number): Wire {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  return {
    send: (outgoing) => send(agent, port, outgoing),
    close: () => agent.destroy(),
  };
}

function send(agent: Agent, port: number, { method, target, headers, body }: Outgoing): Promise<Answer> {
  const pairs = [['host', `127.0.0.1:${port}`], ...headers].flat();
  if (body !== null) pairs.push('content-length', String(body.length));
  return new Promise((resolve, reject) => {
    const outgoing = request({
      ...{ host: '127.0.0.1', port, method, path: target, agent, timeout: timeoutMs },
      headers: pairs,
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      incoming.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > answerBytesMax) outgoing.destroy(new Error('an answer larger than any of ours'));
        chunks.push(chunk);
      });
      incoming.on('error', reject);
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const type = (incoming.headers['content-type'] ?? '').split(';')[0] ?? '';
        const { statusCode: status = 0, headers: answered } = incoming;
        resolve({ status, headers: answered, type, text, json: parsed(text) });
      });
    });
    outgoing.end(body ?? undefined);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
