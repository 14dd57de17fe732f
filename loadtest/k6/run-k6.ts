import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { processCpuUs, treeCpuUs } from '#loadtest/bench/figures/cpu.ts';
import type { Order } from './journeys/parts/order.ts';

/** What one run of k6 came to. Latencies are null where nothing of the kind was asked. */
export interface RunFigures {
  readonly seconds: number;
  readonly visits: number;
  readonly visitsPerSecond: number;
  readonly payments: number;
  readonly paymentsPerSecond: number;
  readonly movedFen: bigint;
  readonly post: Latency | null;
  readonly look: Latency | null;
  /** Requests that failed, and answers that were wrong. */
  readonly errors: number;
  /** Visits of an open run for which no user was free. */
  readonly dropped: number;
  /** Processor time per payment, µs. */
  readonly cpuUs: {
    readonly postgres: number;
    readonly service: number;
    readonly redis: number;
    readonly k6: number;
  };
}

interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Whose processor time is read beside k6's own. */
export interface Measured {
  readonly postgresPid: number;
  readonly servicePids: readonly number[];
  readonly redisPid: number | null;
}

interface Metric {
  readonly values: Readonly<Record<string, number>>;
}

const scripts = join(import.meta.dirname, 'journeys');
const spareMs = 90_000;
const lookEveryMs = 100;
/**
 * k6 collects its garbage when its heap has grown ten-fold, every quarter of a minute, and not whenever it has doubled, which
 * was twice a second: marking goes through all users' interpreters, however little is new. Nor forty-fold: what is swept
 * at one go grows with it, and that was a second of every processor. Not off with a limit on its memory either: it then
 * came upon the limit unprepared, and all its users waited half a second for it. The limit is for small machines.
 */
const memory = { GOGC: '1000', GOMEMLIMIT: String(Math.floor(totalmem() / 2)) };
/** What k6 ends with when a threshold was not held: the figures say which. */
const thresholdExit = 99;

/** Runs a journey once, as ordered. Throws when k6 itself fails. */
export async function runK6(
  program: string,
  { script, order, measured }: { script: string; order: Order; measured: Measured },
): Promise<RunFigures> {
  const before = readCpu(measured);
  const quiet = ['--quiet', '--no-usage-report', '--no-color', '--log-format', 'raw', '--address', ''];
  const child = spawn(program, ['run', ...quiet, join(scripts, script)], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...memory, ORDER: JSON.stringify(order) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  running = child;
  let k6Us = 0;
  // A process that has ended has no reading any more: the last one before counts.
  const look = setInterval(() => {
    k6Us = Math.max(k6Us, processCpuUs(child.pid ?? 0));
  }, lookEveryMs);
  const late = setTimeout(() => child.kill('SIGKILL'), order.seconds * 1_000 + spareMs);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearInterval(look);
  clearTimeout(late);
  const after = readCpu(measured);
  if (code !== 0 && code !== thresholdExit) throw new Error(`k6 ended with ${code} in ${script}`);
  const summary = JSON.parse(readFileSync(order.summaryFile, 'utf8')) as Summary;
  rmSync(order.summaryFile);
  const spent = { postgres: after.postgres - before.postgres, service: after.service - before.service };
  return figuresOf(summary, { ...spent, redis: after.redis - before.redis, k6: k6Us });
}

let running: ChildProcess | null = null;

/** Ends the run of k6 that is under way: whoever asked for it has gone. */
export function stopK6(): void {
  running?.kill('SIGKILL');
}

interface Summary {
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly state: { readonly testRunDurationMs: number };
}

function figuresOf({ metrics, state }: Summary, cpu: RunFigures['cpuUs']): RunFigures {
  const count = (name: string) => metrics[name]?.values['count'] ?? 0;
  const seconds = state.testRunDurationMs / 1_000;
  const [visits, payments] = [count('iterations'), count('payments')];
  const per = (us: number) => (payments === 0 ? 0 : us / payments);
  return {
    seconds,
    visits,
    visitsPerSecond: visits / seconds,
    payments,
    paymentsPerSecond: payments / seconds,
    movedFen: BigInt(Math.round(count('moved_fen'))),
    post: latencyOf(metrics['post_ms']),
    look: latencyOf(metrics['look_ms']),
    // k6 counts as passes of "failed" the requests that did fail.
    errors: (metrics['http_req_failed']?.values['passes'] ?? 0) + count('wrong_answers'),
    dropped: count('dropped_iterations'),
    cpuUs: { postgres: per(cpu.postgres), service: per(cpu.service), redis: per(cpu.redis), k6: per(cpu.k6) },
  };
}

function latencyOf(metric: Metric | undefined): Latency | null {
  const { med, max, ...others } = metric?.values ?? {};
  const p99 = others['p(99)'];
  if (med === undefined || max === undefined || p99 === undefined) return null;
  return { p50Ms: med, p99Ms: p99, maxMs: max };
}

function readCpu({ postgresPid, servicePids, redisPid }: Measured) {
  return {
    postgres: treeCpuUs(postgresPid),
    service: servicePids.reduce((sum, pid) => sum + processCpuUs(pid), 0),
    redis: redisPid === null ? 0 : processCpuUs(redisPid),
  };
}
