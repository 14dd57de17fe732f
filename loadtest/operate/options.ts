import { resolve } from 'node:path';
import { StartError } from '#platform/start-error.ts';
import { readArguments } from '#testing/read-arguments.ts';

export interface OperateOptions {
  /** Where everything is kept; started again it goes on with it. */
  readonly folder: string;
  /** Free ports instead of those of compose.yaml. */
  readonly anyPorts: boolean;
  /** So many payments a second are made, so that there is something to see. */
  readonly paymentsPerSecond: number;
  /** Looks at everything once, kills an instance under traffic, says what it found, and ends. */
  readonly check: boolean;
}

const paymentsPerSecondMax = 200;

export function readOptions(args: readonly string[]): OperateOptions {
  const read = readArguments(args, {
    folder: { type: 'string', default: '/var/tmp/one-card-operate' },
    'any-ports': { type: 'boolean', default: false },
    payments: { type: 'string', default: '0' },
    check: { type: 'boolean', default: false },
  });
  const payments = Number(read.payments);
  if (!/^\d{1,3}$/.test(read.payments) || payments > paymentsPerSecondMax)
    throw new StartError(
      `--payments is a whole number from 0 to ${paymentsPerSecondMax}, not "${read.payments}".`,
    );
  return {
    folder: resolve(read.folder),
    anyPorts: read['any-ports'],
    paymentsPerSecond: payments,
    check: read.check,
  };
}
