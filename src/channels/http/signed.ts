import { type Problem, problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import { refuseQuery } from '#channels/http/wire/query-words.ts';
import { idempotencyKeyPattern } from '#channels/http/wire/schemas.ts';
import type { TerminalKind } from '#terminals/rules/permission.ts';
import type { Terminal } from '#terminals/store.ts';
import { readJsonBytes } from './bearer-call.ts';
import { type HttpContext, type HttpParts, headerOf, targetOf } from './parts.ts';

/** A request that a terminal signed, let in. */
export interface SignedCall {
  readonly terminal: Terminal;
  readonly body: Buffer;
  readonly signature: string;
}

/** Reads a request and lets its terminal in, before anything of the body is looked at. */
export async function admitSigned(c: HttpContext, parts: HttpParts): Promise<SignedCall | Problem> {
  const body = await readJsonBytes(c);
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
  return refuseQuery(c) ?? { terminal, body, signature };
}

/** What a signed call is answered, and whether it may come again as it is, because nothing was decided. */
export interface Answered {
  readonly response: Response;
  readonly undecided?: boolean;
}

/** Lets a signed call in and answers it. One that failed may come again under its signature; the app words the fault. */
export async function answerSigned(
  c: HttpContext,
  parts: HttpParts,
  handler: (call: SignedCall) => Promise<Answered>,
): Promise<Response> {
  const call = await admitSigned(c, parts);
  if (!('terminal' in call)) return problemResponse(call);
  try {
    const { response, undecided } = await handler(call);
    if (undecided) parts.gate.giveBack(call.signature);
    return response;
  } catch (error) {
    parts.gate.giveBack(call.signature);
    throw error;
  }
}

/** Why a terminal may not ask for this, before anything of its body is looked at; null where it may. */
export function refuseKind({ terminal }: SignedCall, kind: TerminalKind): Problem | null {
  if (!terminal.active) return problemOf('terminal-not-active');
  return terminal.allowedKinds.includes(kind) ? null : problemOf('kind-not-allowed');
}

/** The idempotency key, written as a structured string ("…", RFC 9651 §3.3.3) or plain. */
export function readIdempotencyKey(c: HttpContext): { readonly key: string } | Problem {
  const written = headerOf(c, 'idempotency-key');
  if (written === '') return problemOf('idempotency-key-missing');
  const key = unquoted(written);
  return key !== null && idempotencyKeyPattern.test(key) ? { key } : problemOf('idempotency-key-invalid');
}

// Two headers of the name arrive as one text with a comma, so a plain key holds neither comma nor quote.
function unquoted(written: string): string | null {
  if (!/[",]/.test(written)) return written;
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(written);
  return quoted === null ? null : (quoted[1] as string).replace(/\\(.)/g, '$1');
}

/** A client that says "Retry-Attempt: 1" or more spares the database the look-up. It changes no outcome. */
export function saysRepeat(c: HttpContext): boolean {
  return /^[1-9]\d{0,3}$/.test(headerOf(c, 'retry-attempt'));
}
