import { processCpuUs, treeCpuUs } from './processes/cpu.ts';
import { isPoor, isRepeat, type Payment, paymentOf, type Sequence } from './workload.ts';

/** What came back for a payment. */
export interface Answer {
  readonly declined: boolean;
  readonly replay: boolean;
}

/** The outcome of a closed loop: counts and latencies, before any CPU is read. */
export interface Tally {
  readonly payments: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly declined: number;
  /** What the workload must give. */
  readonly declinedDue: number;
  readonly replayed: number;
  readonly replayedDue: number;
  /** Requests a group, where the part has groups. */
  readonly groupSize: number | null;
  /** What making and sending a request costs the load's own process, where it has one. */
  readonly loadUs: number | null;
}

/** One part, measured once. CPU is µs per payment. */
export interface Measured extends Tally {
  readonly perSecond: number;
  readonly postgresUs: number;
  readonly nodeUs: number;
  readonly redisUs: number;
}

/** One part of the bench, ready to be measured again and again. */
export interface Part {
  readonly name: string;
  readonly what: string;
  readonly measure: (seconds: number) => Promise<Measured>;
}

/** Whether a part is to run. */
export type Wants = (part: string) => boolean;

/** Whose CPU time is read. */
export interface Meters {
  readonly postgresPid: number;
  readonly nodePid: number;
  readonly redisPid: number | null;
}

export interface Loop {
  readonly inFlight: number;
  readonly seconds: number;
  readonly sequence: Sequence;
  readonly pay: (payment: Payment, isRepeat: boolean) => Promise<Answer>;
}

/** So many senders, each of whom waits for its answer and sends the next, until the time is over. */
export async function closedLoop(loop: Loop): Promise<Tally> {
  const counts = { declined: 0, declinedDue: 0, replayed: 0, replayedDue: 0 };
  const latencies: number[] = [];
  const startedAt = performance.now();
  const until = startedAt + loop.seconds * 1000;
  const sender = async () => {
    let last: Payment | null = null;
    for (let now = performance.now(); now < until; ) {
      const n = loop.sequence.take(1);
      const repeat = last !== null && isRepeat(n);
      const payment: Payment = repeat && last !== null ? last : paymentOf(n);
      const answer = await loop.pay(payment, repeat);
      const answeredAt = performance.now();
      latencies.push(answeredAt - now);
      now = answeredAt;
      last = payment;
      counts.declined += Number(answer.declined);
      counts.declinedDue += Number(isPoor(payment));
      counts.replayed += Number(answer.replay);
      counts.replayedDue += Number(repeat);
    }
  };
  await Promise.all(Array.from({ length: loop.inFlight }, sender));
  const seconds = (performance.now() - startedAt) / 1000;
  return {
    payments: latencies.length,
    seconds,
    ...percentiles(latencies),
    ...counts,
    groupSize: null,
    loadUs: null,
  };
}

/** Sorts in place. */
export function percentiles(latencies: number[] | Float64Array): { p50Ms: number; p99Ms: number } {
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor((latencies.length - 1) * share)] ?? 0;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** Runs the work between two readings of the clocks, and holds its answers against what the workload gives. */
export async function metered(meters: Meters, work: () => Promise<Tally>): Promise<Measured> {
  const before = read(meters);
  const tally = await work();
  const after = read(meters);
  assertAnswers(tally);
  const perPayment = (whose: keyof typeof after) => (after[whose] - before[whose]) / tally.payments;
  return {
    ...tally,
    perSecond: tally.payments / tally.seconds,
    postgresUs: perPayment('postgres'),
    nodeUs: perPayment('node'),
    redisUs: perPayment('redis'),
  };
}

function read({ postgresPid, nodePid, redisPid }: Meters) {
  return {
    postgres: treeCpuUs(postgresPid),
    node: processCpuUs(nodePid),
    redis: redisPid === null ? 0 : processCpuUs(redisPid),
  };
}

/** A wrong answer ends the bench: a fast ledger that is wrong is not fast. */
function assertAnswers(tally: Tally): void {
  if (tally.payments === 0) throw new Error('not one payment was answered');
  if (tally.declined !== tally.declinedDue)
    throw new Error(`${tally.declined} payments were declined where ${tally.declinedDue} are due`);
  if (tally.replayed !== tally.replayedDue)
    throw new Error(`${tally.replayed} repeats were found where ${tally.replayedDue} were sent`);
}
