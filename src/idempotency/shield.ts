import type { RedisHashes } from '#platform/redis/hashes.ts';

/** Finished outcomes kept in Redis, to spare PostgreSQL a storm of repeats. Losing it changes no outcome. */
export interface Shield {
  /** What is kept under these keys; what is not kept is not in the answer. One command, or none. */
  recall(keys: readonly string[]): Promise<Map<string, string>>;
  /** Keeps outcomes of a group that is committed. One command, not waited for. */
  remember(outcomes: readonly { readonly key: string; readonly value: string }[]): void;
}

export interface ShieldOptions {
  readonly redis: RedisHashes;
  /** The name of a slot's hash: it carries the data set, so that another data set's answers are never read. */
  readonly hashName: (slot: number) => string;
  readonly nowMs: () => number;
}

const slotMs = 10 * 60_000;
const slotLifeSeconds = 1_200;

/** One hash per ten minutes: many outcomes in one command, and one expiry for all of them. */
export function redisShield({ redis, hashName, nowMs }: ShieldOptions): Shield {
  let slot = { number: -1, name: '', expires: false };
  const slotNow = () => {
    const number = Math.floor(nowMs() / slotMs);
    if (number !== slot.number) slot = { number, name: hashName(number), expires: false };
    return slot;
  };
  return {
    recall: async (keys) => {
      const { name, expires } = slotNow();
      // The first group of a slot has an expiry to set, so it does not read: two commands a group at most.
      if (keys.length === 0 || !expires) return new Map();
      const values = (await redis.read(name, keys)) ?? [];
      const found = new Map<string, string>();
      for (const [i, value] of values.entries()) if (value !== null) found.set(keys[i] as string, value);
      return found;
    },
    remember: (outcomes) => {
      if (outcomes.length === 0) return;
      const current = slotNow();
      redis.write(
        current.name,
        outcomes.flatMap(({ key, value }) => [key, value]),
      );
      if (!current.expires) redis.expire(current.name, slotLifeSeconds);
      current.expires = true;
    },
  };
}
