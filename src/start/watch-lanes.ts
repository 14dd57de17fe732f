import type { LaneOptions } from '#clearing/lane/lane-options.ts';
import type { Recall } from '#clearing/recall.ts';
import type { Log } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';

/** What becomes of the groups: measured, logged, and kept for those who repeat. */
export function watchLanes(
  metrics: Metrics,
  log: Log,
  keep: Recall['keep'] | undefined,
): LaneOptions['watch'] {
  return {
    groupCleared: ({ size, durationMs, requests, decisions }) => {
      metrics.groupSize.observe(size);
      metrics.groupDurationSeconds.observe(durationMs / 1000);
      for (const decision of decisions) {
        if (decision.status !== 'decided') continue;
        if (decision.replay) metrics.replays.inc();
        else metrics.decided.inc({ outcome: decision.refusal ?? 'approved' });
      }
      keep?.(requests, decisions);
    },
    answeredEarly: (why, count) => (why === 'busy' ? metrics.busy : metrics.replays).inc(count),
    groupRunAgain: (reason) => {
      metrics.reruns.inc();
      log.info('a group runs again', { reason });
    },
    fault: (error) => log.error('a group failed', { error }),
  };
}
