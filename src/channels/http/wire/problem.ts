import { type ProblemCode, problemCatalogue } from './problem-catalogue.ts';

/** What a problem may say beyond its code. Never a value that came in: it could be a card number. */
export interface ProblemExtras {
  readonly detail?: string;
  /** The field in which a reused key differs. */
  readonly field?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  readonly transactionId?: string;
  readonly businessDate?: string;
  readonly serverTime?: number;
  /** The name under which the log knows the request; the header Request-Id says the same. */
  readonly requestId?: string;
  /** When to try again; it is said as Retry-After too. */
  readonly retryAfterSeconds?: number;
}

/** A problem as RFC 9457 writes it, with both languages. */
export interface Problem extends ProblemExtras {
  readonly type: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly title: string;
  readonly titleZh: string;
}

export function problemOf(code: ProblemCode, extras: ProblemExtras = {}): Problem {
  const { status, title, titleZh } = problemCatalogue[code];
  return { type: `/problems/${code}`, status, code, title, titleZh, ...extras };
}

/** The problem as an answer; `headers` may carry Retry-After or the mark of a replay. */
export function problemResponse(problem: Problem, headers: Readonly<Record<string, string>> = {}): Response {
  const { retryAfterSeconds: seconds } = problem;
  const retryAfter: Record<string, string> = seconds === undefined ? {} : { 'retry-after': String(seconds) };
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8', ...retryAfter, ...headers },
  });
}

/** Too many wait; nothing was done, and the same may come again. */
export function busyResponse(): Response {
  return problemResponse(problemOf('busy'), { 'retry-after': '1' });
}
