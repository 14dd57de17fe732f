import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { StartError } from '#platform/start-error.ts';

/**
 * Reads a command's options. Throws StartError for any other: one sentence with the option that was meant, else with
 * what there is, or where that is shown.
 */
export function readArguments<T extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: T,
  shownBy?: string,
) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    if (!code.startsWith('ERR_PARSE_ARGS_')) throw error;
    const misspelt = misspeltIn(args, Object.keys(options));
    if (misspelt !== null) throw misspelt;
    if (shownBy !== undefined)
      throw new StartError(
        `选项有误。There is no such option, or a value is missing or too many: ${shownBy} shows them.`,
      );
    const named = Object.entries(options).map(([name, { type }]) =>
      type === 'boolean' ? `--${name}` : `--${name} VALUE`,
    );
    const given = args.length === 0 ? '' : ` (given: ${args.join(' ')})`;
    throw new StartError(`The options are ${named.join(', ')}${given}.`);
  }
}

function misspeltIn(args: readonly string[], names: readonly string[]): StartError | null {
  const typed = args
    .filter((word) => word.startsWith('--'))
    .map(nameOf)
    .find((name) => !names.includes(name));
  const meant = typed === undefined ? undefined : nearest(typed, names);
  if (typed === undefined || meant === undefined) return null;
  return new StartError(
    `没有选项 --${typed},是否指 --${meant}?There is no option --${typed}: did you mean --${meant}?`,
  );
}

/** "--pin=x" names "pin"; what it was given may be secret. */
const nameOf = (word: string): string => word.slice(2).split('=', 1)[0] ?? '';

const slipsMax = 2;

/** The name that is a slip or two of the fingers away, and shares more than half of what was typed. */
function nearest(typed: string, names: readonly string[]): string | undefined {
  const found = names
    .map((name) => ({ name, slips: slipsBetween(typed, name) }))
    .filter(({ slips }) => slips <= slipsMax && slips * 2 < typed.length)
    .toSorted((one, other) => one.slips - other.slips);
  return found[0]?.name;
}

/** How many letters are put in, left out or changed between two words. */
function slipsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [line, letter] of [...one].entries()) {
    const next = [line + 1];
    for (const [at, second] of [...other].entries()) {
      const changed = (row[at] ?? 0) + (letter === second ? 0 : 1);
      next.push(Math.min(changed, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}

/** A number as an option gives it, whole unless parts of it are allowed. Throws StartError. */
export function withinLimits(
  text: string,
  limit: { readonly name: string; readonly max: number; readonly parts?: boolean },
): number {
  const value = Number(text);
  const isGood = limit.parts === true ? value > 0 : Number.isInteger(value) && value >= 1;
  if (isGood && value <= limit.max) return value;
  const kind = limit.parts === true ? 'a number above 0 and up to' : 'a whole number from 1 to';
  throw new StartError(`--${limit.name} is ${kind} ${limit.max}, not "${text}".`);
}

/** What to print of an error: the sentence of one that a person can put right, all of a fault. */
export const errorToPrint = (error: unknown): unknown =>
  error instanceof StartError ? error.message : error;
