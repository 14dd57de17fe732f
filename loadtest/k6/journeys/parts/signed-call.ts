import crypto from 'k6/crypto';
import k6Http, { type RefinedResponse, type RequestBody } from 'k6/http';
import { terminalKeyText } from './names.ts';
import { order } from './order.ts';

// Kept here: each use of what is imported of k6 asks its module for everything that it exports, which it makes anew (k6
// 1.8): an eighth of what k6 left behind of every request.
const { hmac, sha256 } = crypto;
const http = k6Http;
const { addresses } = order;

/** A signed POST of a terminal. */
export interface Call {
  readonly path: string;
  readonly body: object;
  readonly terminalId: number;
  /** The Idempotency-Key; a look has none. */
  readonly key?: string;
  /** Which instance is asked; each user has one otherwise. */
  readonly instance?: number;
  /** How often it was sent before. */
  readonly attempt?: number;
}

/** What came back, read. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers of every route are looked into.
  readonly json: any;
  readonly replayed: boolean;
  readonly ms: number;
}

/** Made for each call: kept, those of every user would be most of what k6 holds. */
const keyOf = (terminalId: number): ArrayBuffer => sha256(terminalKeyText(terminalId), 'binary');

const addressOf = (instance: number) => addresses[instance % addresses.length] ?? '';

interface Params {
  readonly headers: Record<string, string>;
}

/** The call as it goes over the wire: HMAC-SHA256 over method, path, time, key and the digest of the body. */
function sign({ path, body, terminalId, key = '', instance = __VU, attempt = 0 }: Call, { headers }: Params) {
  const text = JSON.stringify(body);
  const time = String(Date.now() + attempt);
  const said = `POST\n${path}\n${time}\n${key}\n${sha256(text, 'hex')}`;
  headers['Terminal-Id'] = String(terminalId);
  headers['Request-Time'] = time;
  headers['Request-Signature'] = hmac('sha256', keyOf(terminalId), said, 'hex');
  if (key !== '') headers['Idempotency-Key'] = key;
  else delete headers['Idempotency-Key'];
  if (attempt > 0) headers['Retry-Attempt'] = String(attempt);
  else delete headers['Retry-Attempt'];
  return { url: `${addressOf(instance)}${path}`, text };
}

const newParams = (): Params => ({ headers: { 'Content-Type': 'application/json' } });
/** Those of the user's own calls, one after the other: k6 has read them when it answers. Made anew they would be garbage. */
const ownParams = newParams();

export function post(call: Call): Answer {
  const { url, text } = sign(call, ownParams);
  return answerOf(http.post(url, text, ownParams));
}

/** Sends them all in one moment. */
export function postAtOnce(calls: readonly Call[]): Answer[] {
  const requests = calls.map((call) => {
    const params = newParams();
    const { url, text } = sign(call, params);
    return ['POST', url, text, params] as [string, string, RequestBody, object];
  });
  return http.batch(requests).map(answerOf);
}

/** A look of somebody who is signed in. */
export function look(path: string, token: string): Answer {
  const headers = { Authorization: `Bearer ${token}` };
  return answerOf(http.get(`${addressOf(__VU)}${path}`, { headers }));
}

function answerOf(response: RefinedResponse<'text'>): Answer {
  let json = null;
  try {
    // By k6 itself: a JSON.parse of its interpreter goes token by token, and leaves each behind.
    json = response.json();
  } catch {
    // No answer, or none of ours: its status says so.
  }
  return {
    status: response.status,
    text: response.body ?? '',
    json,
    replayed: response.headers['Idempotent-Replayed'] === 'true',
    ms: response.timings.duration,
  };
}
