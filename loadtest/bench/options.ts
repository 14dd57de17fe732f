import { StartError } from '#platform/start-error.ts';
import { readArguments, withinLimits } from '#testing/read-arguments.ts';

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

/** Every part that there is, in the order in which a round runs them. */
export const partNames: readonly string[] = [
  ...['a1', 'a8', 'a32'],
  ...['b1', 'b8', 'b32', 'b128', 'b512', 'd', 'c'],
  ...['e', 'r', 'echo', 'f'],
  ...['t', 't2048', 'tn', 'tr'],
];

/** Reads `--seconds 4 --rounds 3 --only a,b512 --json --baseline`. Throws StartError on nonsense. */
export function readOptions(args: readonly string[]): BenchOptions {
  const values = readArguments(args, {
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    baseline: { type: 'boolean', default: false },
  });
  const only = values.only.split(',').filter((name) => name !== '');
  const unknown = only.find((name) => !partNames.some((part) => part === name || familyOf(part) === name));
  if (unknown !== undefined)
    throw new StartError(
      `--only takes ${partNames.join(', ')}, or a or b for all of that letter, not "${unknown}".`,
    );
  return {
    seconds: withinLimits(values.seconds, { name: 'seconds', max: secondsMax, parts: true }),
    rounds: withinLimits(values.rounds, { name: 'rounds', max: roundsMax }),
    json: values.json,
    baseline: values.baseline,
    wants: (part) => only.length === 0 || only.includes(part) || only.includes(familyOf(part)),
  };
}

/** "b512" is of family "b". */
function familyOf(part: string): string {
  return part.replace(/\d+$/, '');
}
