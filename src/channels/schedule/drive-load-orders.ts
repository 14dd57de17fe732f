import { driveDueOrders, driveMax } from '#load-orders/drive.ts';
import type { LoadOrderParts } from '#load-orders/parts.ts';
import { sweepMandates } from '#load-orders/sweep-mandates.ts';
import { repeat, type Schedule, together } from './repeat.ts';

/** How often orders that nobody drives are looked for, and how often balances that run low. */
export interface LoadPauses {
  readonly driveMs: number;
  readonly sweepMs: number;
}

const pausesDefault: LoadPauses = { driveMs: 2_000, sweepMs: 10_000 };

/**
 * Drives load orders that nobody drives (their process died, or the bank was silent), and orders loads for holders who
 * consented to them. Every instance does both; an order is claimed and a mandate locked, so none is done twice.
 */
export function scheduleLoadOrders(parts: LoadOrderParts, pauses: LoadPauses = pausesDefault): Schedule {
  let after = 0n;
  return together([
    repeat(parts.log, {
      pauseMs: pauses.driveMs,
      work: async () => (await driveDueOrders(parts)) === driveMax,
      failed: 'load orders could not be driven',
    }),
    repeat(parts.log, {
      pauseMs: pauses.sweepMs,
      work: async () => {
        after = (await sweepMandates(parts, after)).after;
        return after !== 0n;
      },
      failed: 'mandates could not be swept',
    }),
  ]);
}
