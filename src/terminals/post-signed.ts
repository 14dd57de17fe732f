import { signRequest } from './rules/signature.ts';

/** A call to somebody who shares a key with us: a bank, a utility. */
export interface SignedCall {
  /** Where it goes, without a query: "https://bank.example/v1/debits". */
  readonly url: string;
  readonly key: Buffer;
  /** Names the call to the other side; empty for one that changes nothing. */
  readonly idempotencyKey: string;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long the answer may take, its body included. */
  readonly timeoutMs: number;
  /** An answer that is larger is not read to its end. */
  readonly answerBytesMax: number;
}

export interface CallAnswer {
  readonly status: number;
  readonly json: unknown;
}

/**
 * Posts JSON, signed as terminals sign (HMAC-SHA256 over method, path, time, key and body digest). Null is every answer
 * that is none: a refused connection, one that is too late or too large, or no JSON; nobody knows then what the other
 * side did. It never throws for what the other side does.
 */
export async function postSigned(call: SignedCall): Promise<CallAnswer | null> {
  try {
    const response = await send(call);
    const text = await readBounded(response, call.answerBytesMax);
    return text === null ? null : { status: response.status, json: JSON.parse(text) };
  } catch {
    return null;
  }
}

function send({ url, key, idempotencyKey, body, headers, timeoutMs }: SignedCall): Promise<Response> {
  const bytes = Buffer.from(JSON.stringify(body));
  const time = String(Date.now());
  const signed = { method: 'POST', path: new URL(url).pathname, time, key: idempotencyKey, body: bytes };
  return fetch(url, {
    method: 'POST',
    headers: {
      ...headers,
      'content-type': 'application/json',
      'request-time': time,
      'idempotency-key': idempotencyKey,
      'request-signature': signRequest(key, signed),
    },
    body: bytes,
    // Who sends us elsewhere is not followed: nobody agreed on that place.
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
}

async function readBounded(response: Response, bytesMax: number): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > bytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
