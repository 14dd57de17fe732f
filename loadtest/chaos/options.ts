import { randomInt } from 'node:crypto';
import { readArguments, withinLimits } from '#testing/read-arguments.ts';

/** What the caller of the run asks for. */
export interface ChaosOptions {
  /** How long faults happen; the start and the checks come on top. */
  readonly seconds: number;
  readonly requestsMax: number;
  /** Chooses stories and faults; what was found under a seed is looked for again under it. */
  readonly seed: number;
  readonly clients: number;
  /** Faults follow each other faster and last less, so that each of them fits. */
  readonly isShort: boolean;
  readonly isJson: boolean;
}

const secondsMax = 3_600;
const requestsMax = 500_000;
const seconds = { short: 18, usual: 100 };
const clients = { short: 24, usual: 32 };

/** Reads `--short --seconds 100 --payments 20000 --seed 7 --json`. Throws StartError on nonsense. */
export function readOptions(args: readonly string[]): ChaosOptions {
  const values = readArguments(args, {
    short: { type: 'boolean', default: false },
    seconds: { type: 'string' },
    payments: { type: 'string' },
    seed: { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  const length = values.short ? 'short' : 'usual';
  return {
    seconds: within(values.seconds, { name: 'seconds', max: secondsMax }) ?? seconds[length],
    requestsMax: within(values.payments, { name: 'payments', max: requestsMax }) ?? requestsMax,
    seed: within(values.seed, { name: 'seed', max: 2 ** 31 }) ?? randomInt(1, 1_000_000),
    clients: clients[length],
    isShort: values.short,
    isJson: values.json,
  };
}

function within(text: string | undefined, limit: { name: string; max: number }): number | undefined {
  return text === undefined ? undefined : withinLimits(text, limit);
}
