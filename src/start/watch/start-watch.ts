import type { Schedule } from '#channels/schedule/repeat.ts';
import { scheduleWatch } from '#channels/schedule/watch-books.ts';
import type { Log } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';
import { openPool } from '#platform/postgres.ts';
import { houseQueues } from './house-queues.ts';

export interface WatchOf {
  readonly url: string;
  readonly watchSeconds: number;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** A look at large books that takes longer is given up: the lamp turns stale, and says so. */
const lookLimitMs = 60_000;

/** Watches the running books over a connection of its own. */
export function startWatch({ url, watchSeconds, log, metrics }: WatchOf): Schedule {
  const pool = openPool(url, 1, lookLimitMs);
  metrics.measurePool('watch', pool);
  const watch = scheduleWatch({ pool, queues: houseQueues, pauseMs: watchSeconds * 1_000, log, metrics });
  return {
    stop: async () => {
      await watch.stop();
      await pool.end();
    },
  };
}
