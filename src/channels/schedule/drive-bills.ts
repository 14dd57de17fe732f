import { type DayFileParts, sendDueDayFiles } from '#bills/day-file/day-file.ts';
import { driveDuePayments, driveMax } from '#bills/drive-payment.ts';
import type { BillParts } from '#bills/payment-steps.ts';
import { repeat, type Schedule, together } from './repeat.ts';

const pausesMs = { payments: 2_000, dayFiles: 30_000 };

/** What both schedules work with. */
export type BillSchedule = BillParts & DayFileParts;

/**
 * Moves on the bills that nobody drives (a process died, a utility was silent), and sends closed days' files, again
 * and again until it is stopped.
 */
export function scheduleBills(parts: BillSchedule, pauses: Partial<typeof pausesMs> = {}): Schedule {
  const { payments, dayFiles } = { ...pausesMs, ...pauses };
  return together([
    repeat(parts.log, {
      pauseMs: payments,
      work: async () => (await driveDuePayments(parts)) === driveMax,
      failed: 'bills could not be driven',
    }),
    repeat(parts.log, {
      pauseMs: dayFiles,
      work: async () => {
        await sendDueDayFiles(parts);
        return false;
      },
      failed: 'day files could not be sent',
    }),
  ]);
}
