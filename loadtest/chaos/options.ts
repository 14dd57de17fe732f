import { randomInt } from 'node:crypto';
import { readArguments, withinLimits } from '#testing/read-arguments.ts';
import { longScale, type Scale, usualScale } from './clients/scale.ts';
import type { Goals } from './long/goals.ts';

/** How often faults follow each other, and how long they last. */
interface Weather {
  readonly freezeMaxMs: number;
  /** The longest pause between two faults of a server, and between two closes. */
  readonly pauseMaxMs: Readonly<Record<'postgres' | 'service' | 'redis' | 'finance', number>>;
}

/** What the caller of the run asks for. */
export interface ChaosOptions {
  /** How long faults happen at most; the start and the checks come on top. */
  readonly seconds: number;
  readonly requestsMax: number;
  /** Chooses stories and faults; what was found under a seed is looked for again under it. */
  readonly seed: number;
  readonly clients: number;
  readonly weather: Weather;
  readonly scale: Scale;
  /** Between two transactions of a terminal on TCP. */
  readonly posPauseMaxMs: number;
  /** Of a long run, which ends when they are reached; else null. */
  readonly goals: Goals | null;
  /** Where the report of a long run is written. */
  readonly reportFolder: string;
  readonly isJson: boolean;
}

const secondsMax = 6_000;
const requestsMax = 4_000_000;

/** Short: faults follow each other faster and last less, so that each of them fits. */
const lengths = {
  short: {
    ...{ seconds: 18, clients: 24, posPauseMaxMs: 60, requestsMax: 500_000, scale: usualScale },
    weather: {
      freezeMaxMs: 3_000,
      pauseMaxMs: { postgres: 2_500, service: 2_500, redis: 2_000, finance: 1_500 },
    },
  },
  usual: {
    ...{ seconds: 100, clients: 32, posPauseMaxMs: 60, requestsMax: 500_000, scale: usualScale },
    weather: {
      freezeMaxMs: 7_000,
      pauseMaxMs: { postgres: 7_000, service: 6_000, redis: 4_000, finance: 3_000 },
    },
  },
  long: {
    ...{ seconds: secondsMax, clients: 64, posPauseMaxMs: 400, requestsMax, scale: longScale },
    weather: {
      freezeMaxMs: 3_000,
      pauseMaxMs: { postgres: 14_000, service: 11_000, redis: 11_000, finance: 33_000 },
    },
  },
} as const;

const longGoals: Goals = { payments: 1_000_000, kills: 100, paceSeconds: 3_600 };

/** Reads `--short --long --seconds 100 --payments 20000 --seed 7 --report FOLDER --json`. Throws StartError on nonsense. */
export function readOptions(args: readonly string[]): ChaosOptions {
  const values = readArguments(args, {
    short: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
    seconds: { type: 'string' },
    payments: { type: 'string' },
    seed: { type: 'string' },
    report: { type: 'string', default: 'loadtest/reports' },
    json: { type: 'boolean', default: false },
  });
  const usual = lengths[values.long ? 'long' : values.short ? 'short' : 'usual'];
  const payments = within(values.payments, { name: 'payments', max: requestsMax });
  const goals = values.long ? { ...longGoals, payments: payments ?? longGoals.payments } : null;
  return {
    ...usual,
    seconds: within(values.seconds, { name: 'seconds', max: secondsMax }) ?? usual.seconds,
    requestsMax: goals === null ? (payments ?? usual.requestsMax) : usual.requestsMax,
    seed: within(values.seed, { name: 'seed', max: 2 ** 31 }) ?? randomInt(1, 1_000_000),
    goals,
    reportFolder: values.report,
    isJson: values.json,
  };
}

function within(text: string | undefined, limit: { name: string; max: number }): number | undefined {
  return text === undefined ? undefined : withinLimits(text, limit);
}
