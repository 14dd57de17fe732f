import { payBatch, type RunParts } from '#disbursements/pay-batch.ts';
import { readRunning } from '#disbursements/store.ts';
import type { Log } from '#platform/log.ts';
import { sessionOf } from '#platform/postgres.ts';
import { repeat, type Schedule } from './repeat.ts';

const defaultPauseMs = 2_000;
/** Batches looked at in one round; those after them come in the next. */
const batchesMax = 20;

/**
 * Pays the batches that run, one after the other, also those that were running when somebody died. Of several
 * instances one pays a batch; a batch with lines left comes again.
 */
export function schedulePayments(
  parts: Omit<RunParts, 'fault' | 'signal'>,
  log: Log,
  pauseMs: number = defaultPauseMs,
): Schedule {
  const fault = (error: unknown) => log.error('a line could not be paid', { error });
  const pay = async (signal: AbortSignal) => {
    for (const batchId of await readRunning(sessionOf(parts.pool), 0n, batchesMax)) {
      if (signal.aborted) break;
      const end = await payBatch({ ...parts, fault, signal }, batchId);
      if (end !== 'elsewhere') log.info('a batch was run', { batchId: String(batchId), end });
    }
    return false;
  };
  return repeat(log, { pauseMs, work: pay, failed: 'batches could not be paid' });
}
