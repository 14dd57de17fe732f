const seconds = 1_000;
const minutes = 60 * seconds;
const hours = 60 * minutes;
const days = 24 * hours;

/** How long after each attempt the next one comes (Standard Webhooks): ten attempts in a little over three days. */
export const waitsMs = [
  5 * seconds,
  5 * minutes,
  30 * minutes,
  2 * hours,
  5 * hours,
  10 * hours,
  14 * hours,
  20 * hours,
  24 * hours,
] as const;
/** A wait is up to so much longer, so that what failed together does not come back together. */
const jitterShare = 0.1;
/** Whoever asks us to wait longer than this is asked again all the same. */
export const heldMsMax = 24 * hours;
const throttledMs = 1 * minutes;
/** An endpoint that has failed at everything for so long is disabled. */
export const failingMsMax = 5 * days;
/** After so many failures in a row an endpoint is left alone for a while, twice as long each time. */
export const failuresFree = 5;
const restMs = 1 * seconds;
const restMsMax = 5 * minutes;

export const attemptOutcomes = [
  'delivered',
  'refused',
  'gone',
  'throttled',
  'timeout',
  'unreachable',
  'not-allowed',
] as const;
export type AttemptOutcome = (typeof attemptOutcomes)[number];

/** What came of an attempt, and how its endpoint and message stand. */
export interface Attempted {
  readonly outcome: AttemptOutcome;
  /** What the answer said in Retry-After; null where it said nothing. */
  readonly retryAfterMs: number | null;
  /** Attempts of this message's schedule, with this one. */
  readonly attempts: number;
  /** Failures of the endpoint in a row, before this one, and since when. */
  readonly failures: number;
  readonly failingSinceMs: number | null;
  readonly nowMs: number;
  /** From 0 to below 1. */
  readonly random: number;
}

export interface AfterAttempt {
  /** When the message is sent again; null where it was its last attempt. */
  readonly nextAttemptMs: number | null;
  readonly isDelivered: boolean;
  /** Until when nothing is sent to the endpoint. */
  readonly heldUntilMs: number;
  /** Why the endpoint is disabled; null where it goes on. */
  readonly disable: 'gone' | 'failing' | null;
}

/** What an HTTP status says: 2xx was heard, 410 wants no more, 429, 502 and 504 are too much, all else is a refusal. */
export function outcomeOfStatus(status: number): AttemptOutcome {
  if (status >= 200 && status <= 299) return 'delivered';
  if (status === 410) return 'gone';
  return status === 429 || status === 502 || status === 504 ? 'throttled' : 'refused';
}

/** What becomes of a message and its endpoint after an attempt. */
export function afterAttempt(attempted: Attempted): AfterAttempt {
  const { outcome, nowMs } = attempted;
  if (outcome === 'delivered')
    return { nextAttemptMs: null, isDelivered: true, heldUntilMs: nowMs, disable: null };
  const heldMs = heldFor(attempted);
  const waitMs = waitsMs[attempted.attempts - 1];
  const jittered = waitMs === undefined ? null : Math.round(waitMs * (1 + jitterShare * attempted.random));
  const isFailing = nowMs - (attempted.failingSinceMs ?? nowMs) >= failingMsMax;
  return {
    nextAttemptMs: jittered === null ? null : nowMs + Math.max(jittered, attempted.retryAfterMs ?? 0),
    isDelivered: false,
    heldUntilMs: nowMs + heldMs,
    disable: outcome === 'gone' ? 'gone' : isFailing ? 'failing' : null,
  };
}

function heldFor({ outcome, retryAfterMs: asked, failures }: Attempted): number {
  if (asked !== null) return asked;
  const inARow = failures + 1 - failuresFree;
  const rest = inARow <= 0 ? 0 : Math.min(restMs * 2 ** Math.min(inARow - 1, 20), restMsMax);
  return outcome === 'throttled' ? Math.max(throttledMs, rest) : rest;
}
