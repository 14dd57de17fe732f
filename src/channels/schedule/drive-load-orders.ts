import { driveDueOrders, driveMax } from '#load-orders/drive.ts';
import type { LoadOrderParts } from '#load-orders/parts.ts';
import { sweepMandates } from '#load-orders/sweep-mandates.ts';

/** How often orders that nobody drives are looked for, and how often balances that run low. */
export interface LoadPauses {
  readonly driveMs: number;
  readonly sweepMs: number;
}

const pausesDefault: LoadPauses = { driveMs: 2_000, sweepMs: 10_000 };
/** So many times in a row a round may be full before it waits for its turn again. */
const fullRoundsMax = 50;

/**
 * Drives load orders that nobody drives (their process died, or the bank was silent), and orders loads for holders who
 * consented to them. Every instance does both; an order is claimed and a consent locked, so none is done twice.
 */
export function scheduleLoadOrders(
  parts: LoadOrderParts,
  pauses: LoadPauses = pausesDefault,
): { stop(): Promise<void> } {
  let stopped = false;
  let after = 0n;
  const drive = async () => {
    for (let round = 0; round < fullRoundsMax && !stopped; round++)
      if ((await driveDueOrders(parts)) < driveMax) return;
  };
  const sweep = async () => {
    for (let round = 0; round < fullRoundsMax && !stopped; round++) {
      after = (await sweepMandates(parts, after)).after;
      if (after === 0n) return;
    }
  };
  const repeat = (pauseMs: number, what: string, work: () => Promise<void>) => {
    let running: Promise<void> = Promise.resolve();
    let isRunning = false;
    const run = async () => {
      isRunning = true;
      await work().catch((error) => parts.log.warn(what, { error }));
      isRunning = false;
    };
    const timer = setInterval(() => {
      if (!isRunning && !stopped) running = run();
    }, pauseMs);
    return () => {
      clearInterval(timer);
      return running;
    };
  };
  const ends = [
    repeat(pauses.driveMs, 'load orders could not be driven', drive),
    repeat(pauses.sweepMs, 'consents to loads could not be swept', sweep),
  ];
  return {
    stop: async () => {
      stopped = true;
      await Promise.all(ends.map((end) => end()));
    },
  };
}
