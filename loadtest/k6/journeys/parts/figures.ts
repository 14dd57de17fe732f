import { Counter, Trend } from 'k6/metrics';
import type { Options } from 'k6/options';
import { order } from './order.ts';
import type { Answer } from './signed-call.ts';

/** What a run counts beside what k6 counts by itself. */
const payments = new Counter('payments');
const movedFen = new Counter('moved_fen');
const wrongAnswers = new Counter('wrong_answers');
const postMs = new Trend('post_ms', true);
const lookMs = new Trend('look_ms', true);

const toldMax = 1;
let told = 0;

/** A wrong answer fails the run; the first of each user is printed. */
export function expectThat(what: string, isSo: boolean, seen?: unknown): void {
  if (isSo) return;
  wrongAnswers.add(1);
  told += 1;
  if (told <= toldMax)
    console.error(`not so: ${what}${seen === undefined ? '' : `: ${JSON.stringify(seen)}`}`);
}

/** A posting that was decided: what it moved from the holder to a participant, below zero the other way. */
export function countPosting(answer: Answer, fen: number): void {
  payments.add(1);
  movedFen.add(fen);
  postMs.add(answer.ms);
}

export function countLook(answer: Answer): void {
  lookMs.add(answer.ms);
}

/** The journey's function as k6 runs it, at the pace of the order. An error or a wrong answer fails the run. */
export function runs(exec: string): Options {
  const { pace, seconds, usersMax } = order;
  const duration = `${seconds}s`;
  const gracefulStop = '20s';
  const scenario =
    'users' in pace
      ? { executor: 'constant-vus' as const, vus: pace.users, duration, gracefulStop, exec }
      : {
          executor: 'constant-arrival-rate' as const,
          // In ten seconds: a rate of a machine is no whole number a second.
          rate: Math.round(pace.perSecond * 10),
          timeUnit: '10s',
          duration,
          preAllocatedVUs: usersMax,
          maxVUs: usersMax,
          gracefulStop,
          exec,
        };
  return {
    scenarios: { [exec]: scenario },
    thresholds: { http_req_failed: ['rate==0'], wrong_answers: ['count==0'] },
    summaryTrendStats: ['med', 'p(99)', 'max'],
    // No figure is told apart by them, and an address with a transaction's id would be a time series of its own.
    systemTags: [],
    noConnectionReuse: false,
    batchPerHost: 10,
  };
}

/** Hands the figures to the runner instead of printing them. */
export function summarise(data: unknown): Record<string, string> {
  return { [order.summaryFile]: JSON.stringify(data) };
}
