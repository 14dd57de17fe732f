import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RedisServer, startRedis } from '#platform/testing/test-redis.ts';
import { openRedisClient } from '#testing/servers/redis-client.ts';
import type { BreakerState } from './breaker.ts';
import { openRedisHashes, type RedisHashes } from './hashes.ts';

let server: RedisServer;
let hashes: RedisHashes;
let states: BreakerState[];
let errors: unknown[];

beforeEach(async () => {
  server = await startRedis();
  [states, errors] = [[], []];
  hashes = openRedisHashes({
    url: server.url,
    onError: (error) => errors.push(error),
    onState: (state) => states.push(state),
  });
  await answers();
  [states, errors] = [[], []];
});
afterEach(async () => {
  hashes.close();
  await server.stop();
});

/** Until Redis is read again. */
async function answers(): Promise<void> {
  const deadline = Date.now() + 15_000;
  while ((await hashes.read('any', ['x'])) === null) {
    if (Date.now() > deadline) throw new Error('redis was not read again');
    await sleep(50);
  }
}
async function took(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

describe('hashes in Redis', () => {
  test('keep many fields in one write, and read them in their order', async () => {
    hashes.write('h', ['a', '1', 'b', '{"椰":"岛"}']);
    expect(await hashes.read('h', ['b', 'c', 'a'])).toEqual(['{"椰":"岛"}', null, '1']);
  });

  test('go when their time is over', async () => {
    hashes.write('h', ['a', '1']);
    hashes.expire('h', 1);
    expect(await hashes.read('h', ['a'])).toEqual(['1']);
    await sleep(1_200);
    expect(await hashes.read('h', ['a'])).toEqual([null]);
  });

  test('are null, not an error, where the name holds something else', async () => {
    const client = openRedisClient(server.url);
    await client.set('h', 'a text');
    expect(await hashes.read('h', ['a'])).toBeNull();
    hashes.write('h', ['a', '1']);
    await sleep(50);
    expect(errors).toHaveLength(2);
    client.disconnect();
  });
});

describe('a Redis that fails', () => {
  test('by freezing costs three waits of 20 ms, then nothing, and is used again when it thaws', async () => {
    process.kill(server.pid, 'SIGSTOP');
    for (let i = 0; i < 3; i++) expect(await took(() => hashes.read('h', ['a']))).toBeLessThan(500);
    expect(states).toEqual(['open']);
    const rest = await took(async () => {
      for (let i = 0; i < 1_000; i++) await hashes.read('h', ['a']);
    });
    expect(rest).toBeLessThan(100);
    expect(errors).toHaveLength(3);
    process.kill(server.pid, 'SIGCONT');
    await answers();
    expect(states.slice(-2)).toEqual(['half-open', 'closed']);
  }, 20_000);

  test('by dying costs no wait, and is used again when it is back', async () => {
    await server.kill('SIGKILL');
    await sleep(50);
    const all = await took(async () => {
      for (let i = 0; i < 1_000; i++) expect(await hashes.read('h', ['a'])).toBeNull();
    });
    expect(all).toBeLessThan(500);
    expect(states[0]).toBe('open');
    server = await startRedis(server.port);
    await answers();
    expect(states.at(-1)).toBe('closed');
  }, 20_000);

  test('from the start on is no reason not to start', async () => {
    const nowhere = openRedisHashes({
      url: 'redis://127.0.0.1:1',
      onError: () => undefined,
      onState: () => undefined,
    });
    expect(await nowhere.read('h', ['a'])).toBeNull();
    nowhere.write('h', ['a', '1']);
    nowhere.expire('h', 1);
    nowhere.close();
  });
});
