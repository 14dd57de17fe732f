import type { Session } from '#platform/postgres.ts';
import { signRequest } from '#terminals/rules/signature.ts';
import { merchantTerminal, town } from '#testing/town.ts';

/** What a terminal sends. Everything has a good value unless the test says otherwise. */
export interface Sent {
  readonly method?: string;
  readonly terminalId?: number;
  readonly key?: string | null;
  readonly timeMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

let keys = 0;

export type Sign = (
  path: string,
  body: unknown,
  sent?: Sent,
) => {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer<ArrayBuffer>;
};

/** Signs calls: a body that is no text or bytes is sent as JSON; a key is made up unless given (null: none). */
export function signerOf(keyOf: (terminalId: number) => Buffer): Sign {
  return (path, body, sent = {}) => {
    const { method = 'POST', terminalId = merchantTerminal(1), timeMs = Date.now() } = sent;
    const key = sent.key === undefined ? `key-${++keys}` : (sent.key ?? '');
    const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
    const bytes = isRaw ? Buffer.from(body as string) : Buffer.from(JSON.stringify(body));
    const time = String(timeMs);
    const signature = signRequest(keyOf(terminalId), { method, path, time, key, body: bytes });
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      'terminal-id': String(terminalId),
      'request-time': time,
      'request-signature': signature,
      ...(key === '' ? {} : { 'idempotency-key': key }),
      ...sent.headers,
    };
    return { method, headers, body: bytes };
  };
}

/** What came back: status, headers, the text, and the text as JSON. */
export interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly json: any;
}

export async function got(response: Response | Promise<Response>): Promise<Got> {
  const answer = await response;
  const { status, headers } = answer;
  const text = await answer.text();
  let json: unknown = null;
  try {
    json = JSON.parse(text);
  } catch {
    // A file or nothing: `text` says it.
  }
  return { status, headers, text, json };
}

let traces = 0;

/** A payment of one yuan with a trace number of its own. */
export function payment(over: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    sector: 'shops',
    cardNumber: `9${'0'.repeat(15)}`,
    amount: 100,
    currency: 'CNY',
    batchNumber: 1,
    traceNumber: ++traces,
    localTime: `${town.firstDay}T08:30:00`,
    ...over,
  };
}

const counted = [
  'idempotency.outcomes',
  'ledger.entries',
  'ledger.postings',
  'ledger.holds',
  'ledger.groups',
] as const;

/** How much stands in the books: what must not change when a request is turned away. */
export async function rowCounts(owner: Session): Promise<Record<string, number>> {
  const counts = counted.map((table) => `(select count(*)::int from ${table})`).join(', ');
  const { rows } = await owner.run({ name: `count-rows`, text: `select ${counts}` });
  return Object.fromEntries(counted.map((table, i) => [table, rows[0]?.[i] as number]));
}
