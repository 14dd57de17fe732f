import { Redis } from 'ioredis';
import { type RedisServer, startRedis } from '#platform/testing/test-redis.ts';
import { quietPort } from './ports.ts';
import { signal } from './processes.ts';

/** What Redis held: the fields of each hash with their values. */
export type Hashes = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** A Redis that can be killed, frozen, emptied, and filled with what was never true. */
export interface ChaosRedis {
  readonly url: string;
  kill(): Promise<void>;
  restart(): Promise<void>;
  freeze(): void;
  thaw(): void;
  flush(): Promise<void>;
  read(): Promise<Hashes>;
  write(hashes: Hashes): Promise<void>;
  /** How many look-ups it has answered since it was started. */
  lookUps(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts Redis on a port that it keeps. */
export async function startChaosRedis(): Promise<ChaosRedis> {
  let server: RedisServer = await startRedis(await quietPort());
  const { url, port } = server;
  let isStopped = false;
  let restarting: Promise<unknown> = Promise.resolve();
  return {
    url,
    kill: () => server.kill('SIGKILL'),
    restart: async () => {
      if (isStopped) throw new Error('the run is over');
      const starting = startRedis(port);
      restarting = starting.catch(() => undefined);
      server = await starting;
    },
    freeze: () => signal(server.pid, 'SIGSTOP'),
    thaw: () => signal(server.pid, 'SIGCONT'),
    flush: async () => void (await withClient(url, (client) => client.flushall())),
    read: () => withClient(url, readHashes),
    write: async (hashes) =>
      withClient(url, async (client) => {
        for (const [name, fields] of hashes) await client.hset(name, fields);
      }),
    lookUps: () => withClient(url, countLookUps),
    stop: async () => {
      isStopped = true;
      // What is just coming up would otherwise outlive us.
      await restarting;
      signal(server.pid, 'SIGCONT');
      await server.stop();
    },
  };
}

async function readHashes(client: Redis): Promise<Hashes> {
  const hashes = new Map<string, Record<string, string>>();
  for (const name of await client.keys('*')) hashes.set(name, await client.hgetall(name));
  return hashes;
}

async function countLookUps(client: Redis): Promise<number> {
  const calls = /^cmdstat_hmget:calls=(\d+)/m.exec(await client.info('commandstats'))?.[1];
  return Number(calls ?? 0);
}

async function withClient<T>(url: string, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, { lazyConnect: true, connectTimeout: 5_000, retryStrategy: () => null });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}
