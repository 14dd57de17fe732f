import { Redis } from 'ioredis';

/** A client of the test's own: it looks at what the service left in Redis, and puts there what it never would. */
export function openRedisClient(url: string): Redis {
  const client = new Redis(url, { maxRetriesPerRequest: 3, retryStrategy: () => 50 });
  client.on('error', () => undefined);
  return client;
}

/** How often each command was called since the statistics were reset. */
export async function commandCalls(client: Redis): Promise<Record<string, number>> {
  const text = await client.info('commandstats');
  const found = text.matchAll(/^cmdstat_([a-z|]+):calls=(\d+)/gm);
  return Object.fromEntries([...found].map((match) => [match[1] ?? '', Number(match[2])]));
}
