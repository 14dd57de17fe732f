import type { Log } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { Pool } from '#platform/postgres.ts';
import type { Queue } from '#settlement/live/queues.ts';
import { openWatch } from '#settlement/live/watch.ts';
import { repeat, type Schedule } from './repeat.ts';

export interface WatchSchedule {
  /** Of its own, so that a look waits for nobody and nobody for a look. */
  readonly pool: Pool;
  readonly queues: readonly Queue[];
  /** From the begin of one look to the begin of the next, over all instances. */
  readonly pauseMs: number;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'showBooks'>;
}

/** A look of another instance is shown here after this part of the pause at the latest. */
const turnsAPause = 5;
const turnMsMin = 200;

/** Looks at the running books again and again, of all instances one at a time, and shows on each what was found. */
export function scheduleWatch({ pauseMs, metrics, ...parts }: WatchSchedule): Schedule {
  const watch = openWatch({ ...parts, pauseMs, show: metrics.showBooks });
  return repeat(parts.log, {
    pauseMs: Math.max(turnMsMin, pauseMs / turnsAPause),
    work: async (signal) => {
      await watch.turn(signal);
      return false;
    },
    failed: 'the books could not be looked at',
  });
}
