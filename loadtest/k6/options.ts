import { StartError } from '#platform/start-error.ts';
import { readArguments, withinLimits } from '#testing/read-arguments.ts';
import { type Journey, journeys } from './journey-table.ts';

/** What the caller of a load test asks for. */
export interface LoadOptions {
  readonly journey: Journey;
  /** Visits a second of the open run; null: a share of the capacity that is measured first. */
  readonly perSecond: number | null;
  readonly share: number;
  readonly seconds: number;
  readonly isShort: boolean;
  /** Keep the figures in loadtest/reports. */
  readonly report: boolean;
}

const shareDefault = '0.6';
const secondsDefault = { short: '8', usual: '600' };
const secondsMax = 7_200;
const perSecondMax = 100_000;

/** Reads `JOURNEY [--rate N | --share 0.6] [--seconds S] [--short] [--report]`. Throws StartError on nonsense. */
export function readOptions([name, ...rest]: readonly string[]): LoadOptions {
  const journey = journeys.find((one) => one.name === name);
  if (journey === undefined)
    throw new StartError(`npm run load -- JOURNEY, one of ${journeys.map((one) => one.name).join(', ')}.`);
  const values = readArguments(rest, {
    rate: { type: 'string' },
    share: { type: 'string', default: shareDefault },
    seconds: { type: 'string' },
    short: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
  });
  const seconds = values.seconds ?? secondsDefault[values.short ? 'short' : 'usual'];
  return {
    journey,
    perSecond:
      values.rate === undefined
        ? null
        : withinLimits(values.rate, { name: 'rate', max: perSecondMax, parts: true }),
    share: withinLimits(values.share, { name: 'share', max: 2, parts: true }),
    seconds: withinLimits(seconds, { name: 'seconds', max: secondsMax }),
    isShort: values.short,
    report: values.report,
  };
}
