import { setTimeout as sleep } from 'node:timers/promises';
import { openPool, sessionOf } from '#platform/postgres.ts';
import { type BooksLamp, readLamp } from '#settlement/live/lamp.ts';
import { lookOnce } from '#settlement/live/look.ts';

/** All that a look may recompute at once: nobody is served any more. */
const chain = { newMs: 10_000, againMs: 0 };
const looksMax = 120;
const pauseMs = 200;

/**
 * What the service's own look at the running books finds once the load is over: looks are made here and now until
 * every group was recomputed, since on a busy machine the service would take minutes until its next.
 */
export async function booksFaults(url: string): Promise<string[]> {
  const pool = openPool(url, 2);
  try {
    for (let looks = 0; looks < looksMax; looks++) {
      // The service may be looking itself at this moment.
      if (!(await lookOnce({ pool, queues: [], pauseMs, chain, atOnce: true }))) await sleep(pauseMs);
      const lamp = await readLamp(sessionOf(pool));
      if (lamp === null) throw new Error('a look left no lamp');
      const faults = faultsOf(lamp);
      if (faults.length > 0 || lamp.behind === 0) return faults;
    }
    throw new Error(`the books were not recomputed in ${looksMax} looks`);
  } finally {
    await pool.end();
  }
}

function faultsOf({ checks, driftFen }: BooksLamp): string[] {
  const wrong = checks
    .filter((check) => check.wrong !== 0)
    .map((check) => `${check.name}: ${check.wrong} wrong by ${check.amountFen} fen`);
  return driftFen === 0n ? wrong : [`the lamp shows a drift of ${driftFen} fen`, ...wrong];
}
