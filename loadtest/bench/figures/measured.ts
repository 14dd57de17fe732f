import { processCpuUs, treeCpuUs } from './cpu.ts';

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
