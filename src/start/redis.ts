import { type Recall, shieldRecall } from '#clearing/recall.ts';
import { redisShield } from '#idempotency/shield.ts';
import type { Log } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';
import { breakerStates } from '#platform/redis/breaker.ts';
import { openRedisHashes } from '#platform/redis/hashes.ts';
import type { Secrets } from '#platform/secrets.ts';

export interface RedisOf {
  readonly url: string;
  readonly dataSetId: string;
  readonly secrets: Secrets;
  readonly log: Log;
  readonly metrics: Metrics;
  /** For tests: how long a Redis that fails is left alone. */
  readonly breakerOpenMs?: number;
}

/** Redis as the shield of this data set. It may die, be flushed or lie: nothing but work is lost with it. */
export function openShield(options: RedisOf): Recall & { close(): void } {
  const { dataSetId, secrets, log, metrics } = options;
  let isLeftAlone = false;
  const redis = openRedisHashes({
    ...options,
    onError: () => metrics.redisErrors.inc(),
    onState: (state) => {
      metrics.redisBreakerState.set(breakerStates[state]);
      // While it fails, every try in vain opens the breaker anew: that is said once.
      if (state === 'open' && !isLeftAlone) log.warn('redis is left alone: it failed or was too slow');
      if (state === 'closed') log.info('redis is in use again');
      if (state !== 'half-open') isLeftAlone = state === 'open';
    },
  });
  const hashName = (slot: number) => `one-card:${secrets.redisName(`${dataSetId} ${slot}`)}`;
  const mark = (text: string) => secrets.redisName(`${dataSetId} outcome ${text}`);
  const recall = shieldRecall(redisShield({ redis, hashName, mark, nowMs: Date.now }));
  return { ...recall, close: redis.close };
}
