import { readArguments, withinLimits } from '#testing/read-arguments.ts';

/** What the caller of the growth bench asks for. */
export interface GrowthOptions {
  readonly payments: number;
  readonly days: number;
  readonly cards: number;
  /** Payments as a POS terminal sends them by ISO 8583, which has no caller's key. */
  readonly asPos: boolean;
  /** Of each window in which a rate is measured, and how many there are of each kind. */
  readonly windowSeconds: number;
  readonly rounds: number;
}

const paymentsMax = 100_000_000;
const daysMax = 400;

/** Reads `--payments 10000000 --days 30 --pos --short`. Throws StartError on nonsense. */
export function readOptions(args: readonly string[]): GrowthOptions {
  const { short, payments, days, pos } = readArguments(args, {
    payments: { type: 'string' },
    days: { type: 'string' },
    pos: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
  });
  const usual = short ? { payments: '60000', days: '3' } : { payments: '10000000', days: '30' };
  return {
    payments: withinLimits(payments ?? usual.payments, { name: 'payments', max: paymentsMax }),
    days: withinLimits(days ?? usual.days, { name: 'days', max: daysMax }),
    cards: short ? 8_000 : 100_000,
    asPos: pos,
    windowSeconds: short ? 1 : 4,
    rounds: short ? 2 : 5,
  };
}
