import { readBody } from '#channels/http/wire/body.ts';
import { type Problem, problemOf } from '#channels/http/wire/problem.ts';
import type { Terminal } from '#terminals/store.ts';
import { type HttpContext, type HttpParts, headerOf, incomingOf, targetOf } from './parts.ts';

/** A request that a terminal signed, let in. */
export interface SignedCall {
  readonly terminal: Terminal;
  readonly body: Buffer;
  readonly signature: string;
}

/** Reads a request and lets its terminal in, before anything of the body is looked at. */
export async function admitSigned(c: HttpContext, parts: HttpParts): Promise<SignedCall | Problem> {
  const type = headerOf(c, 'content-type');
  if (!type.startsWith('application/json')) return problemOf('not-json');
  const body = await readBody(c.req.raw, incomingOf(c));
  if (!Buffer.isBuffer(body)) return body;
  const signature = headerOf(c, 'request-signature');
  const terminal = parts.gate.admit({
    method: c.req.method,
    path: targetOf(c),
    time: headerOf(c, 'request-time'),
    key: headerOf(c, 'idempotency-key'),
    body,
    terminalId: headerOf(c, 'terminal-id'),
    signature,
  });
  if (typeof terminal === 'string') {
    return problemOf(terminal, terminal === 'clock-skew' ? { serverTime: Date.now() } : {});
  }
  return { terminal, body, signature };
}

/** The idempotency key, written as a structured string ("…") or plain. */
export function readIdempotencyKey(c: HttpContext): { readonly key: string } | Problem {
  const written = headerOf(c, 'idempotency-key');
  if (written === '') return problemOf('idempotency-key-missing');
  const key =
    written.startsWith('"') && written.endsWith('"') && written.length > 1 ? written.slice(1, -1) : written;
  return /^[\x21-\x7e][\x20-\x7e]{0,254}$/.test(key) ? { key } : problemOf('idempotency-key-invalid');
}

/** A client that says "Retry-Attempt: 1" or more spares the database the look-up. It changes no outcome. */
export function saysRepeat(c: HttpContext): boolean {
  return /^[1-9]\d{0,3}$/.test(headerOf(c, 'retry-attempt'));
}
