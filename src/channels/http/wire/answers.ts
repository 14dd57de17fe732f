import { type Answer, movedFen, type Outcome } from '#clearing/outcome.ts';
import { accountCode, isPurse } from '#ledger/rules/accounts.ts';
import { fenToJson } from '#money/fen.ts';
import { idTimeMs } from '#platform/ids.ts';
import { TooManyWait } from '#platform/limits/gatherer.ts';
import type { Log } from '#platform/log.ts';
import { logFailure } from '#platform/requests/log-failure.ts';
import { type Problem, problemOf } from './problem.ts';
import { formatTransactionId } from './transaction-id.ts';

/** An answer as the wire carries it. */
export interface WireAnswer {
  readonly httpStatus: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
  readonly replay: boolean;
  /** Whether the request may be sent again as it is: nothing was decided. */
  readonly undecided: boolean;
}

const fieldNames: Readonly<Record<string, string>> = {
  cardId: 'cardNumber',
  amountFen: 'amount',
  originalId: 'transactionId',
  businessKey: 'traceNumber',
};

/** What the caller is told of an answer of the one path. */
export function wireAnswer(answer: Answer): WireAnswer {
  switch (answer.status) {
    case 'decided':
      return decided(answer);
    case 'key-reused':
      return refused(problemOf('key-reused', { field: fieldNames[answer.field] ?? answer.field }));
    case 'busy':
      return undecided(problemOf('busy'), answer.retryAfterSeconds);
    case 'in-flight':
      return undecided(problemOf('request-in-flight'), 1);
    case 'unknown':
      return undecided(problemOf('outcome-unknown'), 1);
  }
}

/**
 * What the caller is told of what was thrown; the log has the rest. A database that is away is nobody's fault: a read
 * did nothing, and of anything else only a repeat can tell.
 */
export function failedAnswer(log: Log, error: unknown, { isRead }: { readonly isRead: boolean }): WireAnswer {
  if (error instanceof TooManyWait) return wireAnswer({ status: 'busy', retryAfterSeconds: 1 });
  const { isGone, requestId } = logFailure(log, error, { of: 'a request', failed: 'a request failed' });
  if (isGone) return wireAnswer(isRead ? { status: 'busy', retryAfterSeconds: 1 } : { status: 'unknown' });
  return { ...refused(problemOf('fault', { requestId })), undecided: true };
}

const replayHeaders = { 'idempotent-replayed': 'true' };
const noHeaders = {};

function decided(outcome: Outcome): WireAnswer {
  const { refusal, replay } = outcome;
  const headers = replay ? replayHeaders : noHeaders;
  const { businessDate } = outcome;
  const named = { transactionId: formatTransactionId(outcome), businessDate };
  if (outcome.isArchived === true) {
    const body = problemOf('repeat-archived', named);
    return { httpStatus: body.status, headers, body, replay, undecided: false };
  }
  if (refusal === null)
    return { httpStatus: 200, headers, body: approval(outcome), replay, undecided: false };
  const body = problemOf(refusal, named);
  return { httpStatus: body.status, headers, body, replay, undecided: false };
}

export function refused(problem: Problem): WireAnswer {
  return { httpStatus: problem.status, headers: noHeaders, body: problem, replay: false, undecided: false };
}

function undecided(problem: Problem, retryAfterSeconds: number): WireAnswer {
  const headers = { 'retry-after': String(retryAfterSeconds) };
  return { httpStatus: problem.status, headers, body: problem, replay: false, undecided: true };
}

function approval(outcome: Outcome): object {
  const legs = outcome.legs.filter((leg) => isPurse(leg.accountId));
  return {
    status: 'approved',
    transactionId: formatTransactionId(outcome),
    kind: outcome.kind,
    amount: fenToJson(movedFen(outcome)),
    currency: 'CNY',
    businessDate: outcome.businessDate,
    decidedAt: new Date(idTimeMs(outcome.id)).toISOString(),
    purses: legs.map((leg) => ({
      purse: accountCode(leg.accountId),
      amount: fenToJson(leg.amountFen),
      balance: fenToJson(leg.balanceFen ?? 0n),
    })),
  };
}
