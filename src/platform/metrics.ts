import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type BooksMetrics, booksMetrics } from './metrics/books.ts';
import { type HttpMetrics, httpMetrics } from './metrics/http.ts';
import { type PoolMetrics, poolMetrics } from './metrics/pools.ts';
import { type PosMetrics, posMetrics } from './metrics/pos.ts';

/** Everything that is measured, by the name under which Prometheus reads it. */
export interface Metrics extends HttpMetrics, PosMetrics, PoolMetrics, BooksMetrics {
  readonly registry: Registry;
  /** Requests that got an outcome; `outcome` is "approved" or the refusal's code, a closed set. */
  decided: Counter<'outcome'>;
  groupSize: Histogram;
  groupDurationSeconds: Histogram;
  queueLength: Gauge<'lane'>;
  /** Requests that were turned away because the queue was full. */
  busy: Counter;
  replays: Counter;
  /** Groups that failed and ran again, on a new session, or one by one. */
  reruns: Counter;
  /** How far this machine's clock is ahead of the database's. */
  clockSkewSeconds: Gauge;
  redisErrors: Counter;
  /** 0 closed (in use), 1 half open (trying), 2 open (left alone). */
  redisBreakerState: Gauge;
}

const groupSizes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
const durationsSeconds = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

/** Makes the metrics with a registry of their own, so that two instances in one process do not mix. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = (name: string, help: string) => new Counter({ name: `one_card_${name}`, help, registers });
  return {
    registry,
    decided: new Counter({
      name: 'one_card_requests_decided_total',
      help: 'Requests decided, by outcome',
      labelNames: ['outcome'],
      registers,
    }),
    groupSize: new Histogram({
      name: 'one_card_group_size',
      help: 'Requests in a committed group',
      buckets: groupSizes,
      registers,
    }),
    groupDurationSeconds: new Histogram({
      name: 'one_card_group_duration_seconds',
      help: 'From the begin of a group to its commit',
      buckets: durationsSeconds,
      registers,
    }),
    queueLength: new Gauge({
      name: 'one_card_queue_length',
      help: 'Requests waiting for a group',
      labelNames: ['lane'],
      registers,
    }),
    busy: counter('busy_total', 'Requests turned away because a queue was full'),
    replays: counter('replays_total', 'Requests answered with the outcome they had before'),
    reruns: counter(
      'group_reruns_total',
      'Groups that failed and ran again, on a new session, or one by one',
    ),
    clockSkewSeconds: new Gauge({
      name: 'one_card_clock_skew_seconds',
      help: "How far this machine's clock is ahead of the database's",
      registers,
    }),
    redisErrors: counter('redis_errors_total', 'Redis commands that failed or were too late'),
    redisBreakerState: new Gauge({
      name: 'one_card_redis_breaker_state',
      help: '0 closed, 1 half open, 2 open',
      registers,
    }),
    ...httpMetrics(registers),
    ...posMetrics(registers),
    ...poolMetrics(registers),
    ...booksMetrics(registers, () => performance.now()),
  };
}

/** Measures this process too: CPU, memory, open files, the event loop's delay, garbage collection. Once a process. */
export function measureProcess({ registry }: Metrics): void {
  collectDefaultMetrics({ register: registry });
}
