import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { StartError } from '#platform/start-error.ts';
import { readArguments } from '#testing/read-arguments.ts';

export interface OperateOptions {
  /** Where everything is kept; started again it goes on with it. */
  readonly folder: string;
  /** Whether the folder was made for this run, and goes with it. */
  readonly isPassing: boolean;
  /** Free ports instead of those of compose.yaml. */
  readonly anyPorts: boolean;
  /** So many payments a second are made, so that there is something to see. */
  readonly paymentsPerSecond: number;
  /** Looks at everything once, kills an instance under traffic, says what it found, and ends. */
  readonly check: boolean;
}

/** A terminal has so many numbers a day for its payments. */
const paymentsPerSecondMax = 150;
const usualFolder = '/var/tmp/one-card-operate';

export function readOptions(args: readonly string[]): OperateOptions {
  const read = readArguments(args, {
    folder: { type: 'string' },
    'any-ports': { type: 'boolean', default: false },
    payments: { type: 'string', default: '0' },
    check: { type: 'boolean', default: false },
  });
  const payments = Number(read.payments);
  if (!/^\d{1,3}$/.test(read.payments) || payments > paymentsPerSecondMax)
    throw new StartError(
      `--payments is a whole number from 0 to ${paymentsPerSecondMax}, not "${read.payments}".`,
    );
  const isPassing = read.check && read.folder === undefined;
  return {
    folder: isPassing ? passingFolder() : resolve(read.folder ?? usualFolder),
    isPassing,
    anyPorts: read['any-ports'],
    paymentsPerSecond: payments,
    check: read.check,
  };
}

/** The database's own user must be able to pass through it. */
function passingFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'one-card-operate-'));
  chmodSync(folder, 0o711);
  return folder;
}
