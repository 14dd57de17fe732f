import { parseArgs } from 'node:util';

/** What the caller of the bench asks for. */
export interface BenchOptions {
  readonly seconds: number;
  readonly rounds: number;
  /** Print one JSON object and nothing else. */
  readonly json: boolean;
  /** Append the figures to the baseline file. */
  readonly baseline: boolean;
  /** Whether a part is to run: `--only a,b8` takes all parts of family a, and b8. */
  readonly wants: (part: string) => boolean;
}

const secondsMax = 600;
const roundsMax = 100;

/** Reads `--seconds 4 --rounds 3 --only a,b512 --json --baseline`. Throws RangeError on nonsense. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '4' },
      rounds: { type: 'string', default: '3' },
      only: { type: 'string', default: '' },
      json: { type: 'boolean', default: false },
      baseline: { type: 'boolean', default: false },
    },
  });
  const only = values.only.split(',').filter((name) => name !== '');
  return {
    seconds: within(values.seconds, { name: 'seconds', max: secondsMax }),
    rounds: within(values.rounds, { name: 'rounds', max: roundsMax }),
    json: values.json,
    baseline: values.baseline,
    wants: (part) => only.length === 0 || only.includes(part) || only.includes(familyOf(part)),
  };
}

/** "b512" is of family "b". */
function familyOf(part: string): string {
  return part.replace(/\d+$/, '');
}

function within(text: string, limit: { name: string; max: number }): number {
  const value = Number(text);
  if (!(value > 0 && value <= limit.max)) throw new RangeError(`--${limit.name} is from 1 to ${limit.max}`);
  return value;
}
