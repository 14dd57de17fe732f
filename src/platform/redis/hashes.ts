import { Redis } from 'ioredis';
import { type BreakerState, circuitBreaker } from './breaker.ts';

/** Redis as far as we use it: hashes that expire, read and written for many at once. Nothing here ever throws. */
export interface RedisHashes {
  /** The values of these fields, or null when Redis has no answer in time. */
  read(hash: string, fields: readonly string[]): Promise<(string | null)[] | null>;
  /** Writes fields and their values, one after the other in one list. */
  write(hash: string, fieldsAndValues: readonly string[]): void;
  /** Lets a hash go after a while. */
  expire(hash: string, seconds: number): void;
  close(): void;
}

export interface RedisOptions {
  readonly url: string;
  readonly onError: (error: unknown) => void;
  readonly onState: (state: BreakerState) => void;
  /** How long a Redis that fails is left alone; five seconds unless told otherwise. */
  readonly breakerOpenMs?: number;
}

/** Longer than this and asking PostgreSQL would have been quicker. */
const commandTimeoutMs = 20;
const reconnectMs = 1_000;
const defaultBreakerOpenMs = 5_000;
const failuresMax = 3;

/**
 * Connects without waiting: a Redis that is down, slow or frozen costs a request 20 ms three times, then
 * nothing until the breaker lets one try through. With ioredis' own defaults a request would hang over 20 s.
 */
export function openRedisHashes(options: RedisOptions): RedisHashes {
  const { url, onError, onState, breakerOpenMs = defaultBreakerOpenMs } = options;
  const breaker = circuitBreaker({ failuresMax, openMs: breakerOpenMs, onState });
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: commandTimeoutMs,
    connectTimeout: 1_000,
    retryStrategy: () => reconnectMs,
  });
  // Every failed command is reported where it was sent; a listener keeps the rest from ending the process.
  redis.on('error', () => undefined);
  const guarded = async <T>(command: () => Promise<T>): Promise<T | null> => {
    if (!breaker.admits(performance.now())) return null;
    try {
      const answer = await command();
      breaker.succeeded();
      return answer;
    } catch (error) {
      breaker.failed(performance.now());
      onError(error);
      return null;
    }
  };
  return {
    read: (hash, fields) => guarded(() => redis.hmget(hash, ...fields)),
    write: (hash, fieldsAndValues) => void guarded(() => redis.hset(hash, ...fieldsAndValues)),
    expire: (hash, seconds) => void guarded(() => redis.expire(hash, seconds)),
    close: () => redis.disconnect(),
  };
}
