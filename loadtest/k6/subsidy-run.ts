import { setTimeout as sleep } from 'node:timers/promises';
import { readBatch, readProgress } from '#disbursements/store.ts';
import { openPool, sessionOf } from '#platform/postgres.ts';
import { approvedToRun, disbursementParts, goodFile, imported } from '#testing/subsidies/subsidy-town.ts';

/** A file of subsidies that is approved and left to the service's own schedule. */
export interface SubsidyRun {
  /** Lets the run begin. */
  start(): Promise<void>;
  /** Waits for its end: what it loaded in all, and how long it took. */
  finish(limitMs: number): Promise<{ readonly loadedFen: bigint; readonly seconds: number }>;
}

const lookEveryMs = 200;
const amountFen = 9_000;

/** Takes in a file that pays every holder; it is started later, so that its start is where the run wants it. */
export async function prepareSubsidies(url: string, lines: number): Promise<SubsidyRun> {
  const pool = openPool(url, 4);
  const parts = disbursementParts(pool);
  const batchId = await imported(parts, '2026-11', goodFile(lines, { amount: amountFen }));
  let startedAtMs = 0;
  return {
    start: async () => {
      startedAtMs = performance.now();
      await approvedToRun(parts, batchId);
    },
    finish: async (limitMs) => {
      try {
        const session = sessionOf(pool);
        const deadline = performance.now() + limitMs;
        while ((await readBatch(session, batchId))?.state !== 'paid') {
          if (performance.now() > deadline) throw new Error('the subsidies were not paid in time');
          await sleep(lookEveryMs);
        }
        const { paid } = await readProgress(session, batchId);
        if (paid.count !== lines) throw new Error(`${paid.count} of ${lines} subsidies were paid`);
        const seconds = (performance.now() - startedAtMs) / 1_000;
        return { loadedFen: BigInt(lines) * BigInt(amountFen), seconds };
      } finally {
        await pool.end();
      }
    },
  };
}
