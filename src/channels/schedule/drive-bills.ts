import { type DayFileParts, sendDueDayFiles } from '#bills/day-file/day-file.ts';
import { driveDuePayments, driveMax } from '#bills/drive-payment.ts';
import type { BillParts } from '#bills/payment-steps.ts';
import type { Log } from '#platform/log.ts';

const pausesMs = { payments: 2_000, dayFiles: 30_000 };

/** What both schedules work with. */
export type BillSchedule = BillParts & DayFileParts;

/**
 * Moves on the bills that nobody drives (a process died, a utility was silent), and sends closed days' files, again
 * and again until it is stopped.
 */
export function scheduleBills(
  parts: BillSchedule,
  pauses: Partial<typeof pausesMs> = {},
): { stop(): Promise<void> } {
  const { payments, dayFiles } = { ...pausesMs, ...pauses };
  let stopped = false;
  const drive = async () => {
    while (!stopped && (await driveDuePayments(parts)) === driveMax);
  };
  const schedules = [
    every(payments, parts.log, drive),
    every(dayFiles, parts.log, () => sendDueDayFiles(parts)),
  ];
  return {
    stop: async () => {
      stopped = true;
      await Promise.all(schedules.map((schedule) => schedule.stop()));
    },
  };
}

/** Runs the work, then again after the pause; a run that takes long is not overtaken by the next. */
function every(pauseMs: number, log: Log, work: () => Promise<unknown>): { stop(): Promise<void> } {
  let running: Promise<unknown> | null = null;
  const timer = setInterval(() => {
    running ??= work()
      .catch((error) => log.warn('bills could not be driven', { error }))
      .finally(() => {
        running = null;
      });
  }, pauseMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
