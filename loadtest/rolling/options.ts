import { type ChaosOptions, readOptions } from '#loadtest/chaos/options.ts';

/** As of a chaos run; the short one has less in the books before its migration. */
export type RollingOptions = ChaosOptions & { readonly isShort: boolean };

/** Reads `--short --seconds 100 --seed 7 --json`. Throws StartError on nonsense. */
export function readRollingOptions(args: readonly string[]): RollingOptions {
  return { ...readOptions(args), isShort: args.includes('--short') };
}
