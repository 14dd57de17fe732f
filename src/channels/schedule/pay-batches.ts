import { payBatch, type RunParts } from '#disbursements/pay-batch.ts';
import { readRunning } from '#disbursements/store.ts';
import type { Log } from '#platform/log.ts';
import { sessionOf } from '#platform/postgres.ts';

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
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  let running: Promise<void> | null = null;
  const fault = (error: unknown) => log.error('a line could not be paid', { error });
  const pay = async () => {
    for (const batchId of await readRunning(sessionOf(parts.pool), 0n, batchesMax)) {
      if (signal.aborted) return;
      const end = await payBatch({ ...parts, fault, signal }, batchId);
      if (end !== 'elsewhere') log.info('a batch was run', { batchId: String(batchId), end });
    }
  };
  const timer = setInterval(() => {
    running ??= pay()
      .catch((error) => log.warn('batches could not be paid', { error }))
      .finally(() => {
        running = null;
      });
  }, pauseMs);
  return {
    stop: async () => {
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}
