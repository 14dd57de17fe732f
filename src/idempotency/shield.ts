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
  /** What only this data set writes before a text: a text without it was not ours, or was changed. */
  readonly mark: (text: string) => string;
  readonly nowMs: () => number;
}

const slotMs = 10 * 60_000;
const slotLifeSeconds = 1_200;
/** A Redis that was flushed has lost the expiry of the hash, too. */
const renewExpiryMs = 10_000;

/** One hash per ten minutes: many outcomes in one command, and one expiry for all of them. */
export function redisShield({ redis, hashName, mark, nowMs }: ShieldOptions): Shield {
  let slot = { number: -1, name: '', expirySetAtMs: Number.NEGATIVE_INFINITY };
  const slotNow = () => {
    const number = Math.floor(nowMs() / slotMs);
    if (number !== slot.number)
      slot = { number, name: hashName(number), expirySetAtMs: Number.NEGATIVE_INFINITY };
    return slot;
  };
  const markLength = mark('').length;
  const needsExpiry = (of: typeof slot) => nowMs() - of.expirySetAtMs >= renewExpiryMs;
  const marked = (key: string, text: string) => mark(`${key} ${text}`) + text;
  return {
    recall: async (keys) => {
      const current = slotNow();
      // A group that has an expiry to set does not read: two commands a group at most.
      if (keys.length === 0 || needsExpiry(current)) return new Map();
      const values = (await redis.read(current.name, keys)) ?? [];
      const found = new Map<string, string>();
      for (const [i, value] of values.entries()) {
        const key = keys[i] as string;
        const text = value?.slice(markLength) ?? '';
        if (value === marked(key, text)) found.set(key, text);
      }
      return found;
    },
    remember: (outcomes) => {
      if (outcomes.length === 0) return;
      const current = slotNow();
      redis.write(
        current.name,
        outcomes.flatMap(({ key, value }) => [key, marked(key, value)]),
      );
      if (!needsExpiry(current)) return;
      redis.expire(current.name, slotLifeSeconds);
      current.expirySetAtMs = nowMs();
    },
  };
}
