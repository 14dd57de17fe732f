import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { StartError } from '#platform/start-error.ts';

/** Reads a command's options. Throws StartError, one sentence with what there is, for any other. */
export function readArguments<T extends ParseArgsOptionsConfig>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    if (!code.startsWith('ERR_PARSE_ARGS_')) throw error;
    const named = Object.entries(options).map(([name, { type }]) =>
      type === 'boolean' ? `--${name}` : `--${name} VALUE`,
    );
    const given = args.length === 0 ? '' : ` (given: ${args.join(' ')})`;
    throw new StartError(`The options are ${named.join(', ')}${given}.`);
  }
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
