import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openRedisHashes, type RedisHashes } from '#platform/redis/hashes.ts';
import { type RedisServer, startRedis } from '#platform/testing/test-redis.ts';
import { commandCalls, openRedisClient } from '#testing/servers/redis-client.ts';
import { redisShield, type Shield } from './shield.ts';

const slotMs = 600_000;
let server: RedisServer;
let hashes: RedisHashes;
let client: ReturnType<typeof openRedisClient>;
let nowMs: number;

const shieldOf = (dataSet: string): Shield =>
  redisShield({
    redis: hashes,
    hashName: (slot) => `${dataSet}:${slot}`,
    mark: (text) => `[${dataSet} ${text.length % 10}]`,
    nowMs: () => nowMs,
  });
const kept = (n: number) => ({ key: `key-${n}`, value: `value-${n}` });
/** The commands of the shield go out in order on one connection: an answered one has those before it done. */
const settled = () => hashes.read('any', ['x']);

beforeAll(async () => {
  server = await startRedis();
  client = openRedisClient(server.url);
  await client.ping();
  hashes = openRedisHashes({ url: server.url, onError: () => undefined, onState: () => undefined });
  while ((await settled()) === null) await new Promise((resolve) => setTimeout(resolve, 20));
});
afterAll(async () => {
  hashes?.close();
  client?.disconnect();
  await server?.stop();
});
beforeEach(async () => {
  await client.flushall();
  await client.config('RESETSTAT');
  nowMs = 1_000 * slotMs;
});

describe('the shield', () => {
  test('recalls what was remembered, and nothing else', async () => {
    const shield = shieldOf('a');
    shield.remember([kept(1), kept(2)]);
    expect(await shield.recall(['key-2', 'key-3', 'key-1'])).toEqual(
      new Map([
        ['key-2', 'value-2'],
        ['key-1', 'value-1'],
      ]),
    );
  });

  test('writes a group in one command and reads one in one command', async () => {
    const shield = shieldOf('a');
    shield.remember(Array.from({ length: 500 }, (_, n) => kept(n)));
    await shield.recall(Array.from({ length: 500 }, (_, n) => `key-${n}`));
    const { hset, hmget, expire } = await commandCalls(client);
    expect([hset, hmget, expire]).toEqual([1, 1, 1]);
  });

  test('sends nothing for nothing', async () => {
    const shield = shieldOf('a');
    shield.remember([]);
    expect(await shield.recall([])).toEqual(new Map());
    await settled();
    const { hset, hmget, expire } = await commandCalls(client);
    expect([hset, hmget, expire]).toEqual([undefined, 1, undefined]);
  });

  test('does not read in a group that sets the expiry: two commands a group at most', async () => {
    const shield = shieldOf('a');
    await client.hset(`a:${nowMs / slotMs}`, 'key-1', '[a 3]value-1');
    expect(await shield.recall(['key-1'])).toEqual(new Map());
  });

  test('begins a new hash every ten minutes, and each goes after twenty', async () => {
    const shield = shieldOf('a');
    shield.remember([kept(1)]);
    nowMs += slotMs;
    shield.remember([kept(2)]);
    await settled();
    expect((await client.keys('a:*')).sort()).toEqual(['a:1000', 'a:1001']);
    expect(await client.ttl('a:1000')).toBe(1_200);
    expect(await shield.recall(['key-1', 'key-2'])).toEqual(new Map([['key-2', 'value-2']]));
  });

  test('lets a hash go also when Redis forgot its expiry', async () => {
    const shield = shieldOf('a');
    shield.remember([kept(1)]);
    await settled();
    await client.flushall();
    shield.remember([kept(2)]);
    await settled();
    expect(await client.ttl('a:1000')).toBe(-1);
    nowMs += 10_000;
    shield.remember([kept(3)]);
    await settled();
    expect(await client.ttl('a:1000')).toBe(1_200);
  });

  test.each([
    ['no mark', 'value-1'],
    ['the mark of another data set', '[b 3]value-1'],
    ['the mark of another text', '[a 4]value-1'],
    ['nothing', ''],
    ['a part of a mark', '[a'],
  ])('does not recall a value with %s', async (_, value) => {
    const shield = shieldOf('a');
    shield.remember([kept(1), kept(2)]);
    await settled();
    await client.hset('a:1000', 'key-1', value);
    expect(await shield.recall(['key-1', 'key-2'])).toEqual(new Map([['key-2', 'value-2']]));
  });

  test("does not see another data set's", async () => {
    const [a, b] = [shieldOf('a'), shieldOf('b')];
    a.remember([kept(1)]);
    b.remember([kept(2)]);
    expect(await b.recall(['key-1'])).toEqual(new Map());
  });
});
