import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openLog } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { openSecrets } from '#platform/secrets.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { type RedisServer, startRedis } from '#platform/testing/test-redis.ts';
import { findDrift } from '#testing/drift.ts';
import { type Got, payment, rowCounts } from '#testing/http/http-calls.ts';
import { type HttpTown, masterKeyHex, openHttpTown } from '#testing/http/http-town.ts';
import { commandCalls, openRedisClient } from '#testing/servers/redis-client.ts';
import { cardNumber } from '#testing/town.ts';
import { openShield } from './redis.ts';

const dataSetId = 'the data set of this test';
const path = '/v1/transactions';
const metrics = createMetrics();
const lines: string[] = [];
let groups = 0;
let database: TestDatabase;
let redis: RedisServer;
let shield: ReturnType<typeof openShield>;
let house: HttpTown;
let client: ReturnType<typeof openRedisClient>;

beforeAll(async () => {
  database = await createTestDatabase();
  redis = await startRedis();
  client = openRedisClient(redis.url);
  const secrets = openSecrets({ masterKeyHex, dataDir: '/' });
  const log = openLog('info', { write: (line) => void lines.push(line) });
  shield = openShield({ url: redis.url, dataSetId, secrets, log, metrics, breakerOpenMs: 500 });
  await sleep(100);
  house = await openHttpTown(database.url, {
    recall: (asked) => shield.recall(asked),
    watch: {
      groupCleared: ({ requests, decisions }) => {
        groups += 1;
        shield.keep(requests, decisions);
      },
      groupRunAgain: () => undefined,
      answeredEarly: () => undefined,
      fault: () => undefined,
    },
  });
}, 60_000);
afterAll(async () => {
  shield?.close();
  client?.disconnect();
  await house?.close();
  await redis?.stop();
  await database?.drop();
});

const baseMs = Date.now() - 60_000;
let ticks = 0;
interface Call {
  readonly body: Record<string, unknown>;
  readonly key: string;
  readonly first: Got;
}
const send = (call: Pick<Call, 'body' | 'key'>, attempt: string | null = null) =>
  house.post(path, call.body, {
    key: call.key,
    timeMs: baseMs + ++ticks,
    headers: attempt === null ? {} : { 'retry-attempt': attempt },
  });
async function pay(over = {}): Promise<Call> {
  const call = { body: payment(over), key: crypto.randomUUID() };
  return { ...call, first: await send(call) };
}
const decline = () => pay({ amount: 90_000_000 });
const state = async () => (await metrics.redisBreakerState.get()).values[0]?.value;
const hashNow = async () => (await client.keys('one-card:*')).at(0) ?? '';
const inOrder = async () => expect(await findDrift(house.parts.reports)).toEqual([]);

/** New payments, declines and repeats of all kinds: every answer is the one it must be, and none fails. */
async function traffic(before: readonly Call[]): Promise<Call[]> {
  const outcomesBefore = (await rowCounts(house.owner))['idempotency.outcomes'] as number;
  const made = await Promise.all([pay(), pay(), decline(), pay({ cardNumber: cardNumber(1) })]);
  expect(made.map((call) => call.first.status)).toEqual([200, 200, 402, 200]);
  const all = [...before, ...made];
  for (const attempt of ['1', null, '2']) {
    for (const call of all) {
      const again = await send(call, attempt);
      expect([again.status, again.text]).toEqual([call.first.status, call.first.text]);
      expect(again.headers.get('idempotent-replayed')).toBe('true');
    }
  }
  const reused = made[0] as Call;
  const other = await send({ ...reused, body: { ...reused.body, amount: 7 } }, '1');
  expect([other.status, other.json.field]).toEqual([422, 'amount']);
  expect((await rowCounts(house.owner))['idempotency.outcomes']).toBe(outcomesBefore + made.length);
  return all.slice(-12);
}

describe('Redis as a shield', () => {
  test('answers a request that says it is a repeat like PostgreSQL, byte for byte, and spares it the group', async () => {
    for (const call of [await pay(), await decline()]) {
      const fromPostgres = await send(call);
      const before = groups;
      const fromRedis = await send(call, '1');
      expect(groups).toBe(before);
      expect([fromRedis.status, fromRedis.text]).toEqual([fromPostgres.status, fromPostgres.text]);
      expect(Object.fromEntries(fromRedis.headers)).toEqual(Object.fromEntries(fromPostgres.headers));
    }
  });

  test('is not asked by those who do not say so, until many do: then every request is looked up', async () => {
    const call = await pay();
    for (let i = 0; i < 150; i++) await pay();
    const before = groups;
    await send(call);
    expect(groups).toBe(before + 1);
    for (let i = 0; i < 10; i++) await send(call);
    const inStorm = groups;
    expect((await send(call)).text).toBe(call.first.text);
    expect(groups).toBe(inStorm);
    for (let i = 0; i < 300; i++) await pay();
  });

  test('keeps only finished outcomes, under names and values that tell nothing, and lets them go', async () => {
    const call = await pay();
    expect((await house.post(path, payment({ cardNumber: cardNumber(999) }))).status).toBe(404);
    const [name] = await client.keys('*');
    expect(name).toMatch(/^one-card:[\w-]{22}$/);
    const kept = await client.hgetall(name as string);
    expect(JSON.stringify(kept)).not.toContain(call.body['cardNumber']);
    expect(JSON.stringify(kept)).not.toContain(call.key);
    expect(Object.keys(kept).length).toBeLessThanOrEqual(
      (await rowCounts(house.owner))['idempotency.outcomes'] as number,
    );
    const life = await client.ttl(name as string);
    expect(life).toBeGreaterThan(600);
    expect(life).toBeLessThanOrEqual(1_200);
  });

  test('is written only after the commit: what was rolled back is never kept', async () => {
    const poison = `alter table idempotency.outcomes add constraint poison check (local_time <> '2026-11-22 09:09:09')`;
    await house.owner.run({ name: 'poison', text: poison });
    const body = payment({ localTime: '2026-11-22T09:09:09' });
    const kept = Object.keys(await client.hgetall(await hashNow())).length;
    expect((await house.post(path, body)).status).toBe(500);
    await sleep(50);
    expect(Object.keys(await client.hgetall(await hashNow()))).toHaveLength(kept);
    await house.owner.run({ name: 'heal', text: 'alter table idempotency.outcomes drop constraint poison' });
  });

  test('costs at most two commands a group', async () => {
    await client.config('RESETSTAT');
    const before = groups;
    const calls = await Promise.all(Array.from({ length: 40 }, () => pay()));
    for (const call of calls) await send(call, '1');
    await sleep(50);
    const { hset = 0, hmget = 0, expire = 0 } = await commandCalls(client);
    expect(hset).toBe(groups - before);
    expect(hmget).toBeGreaterThan(0);
    expect(hmget + expire).toBeLessThanOrEqual(groups - before + calls.length);
    expect(expire).toBeLessThanOrEqual(1);
  });
});

describe('not one outcome changes, and no request fails,', () => {
  let calls: Call[] = [];
  test('while Redis is well', async () => {
    calls = await traffic(calls);
  });

  test('when it is flushed, and what is kept afterwards expires again', async () => {
    await client.flushall();
    calls = await traffic(calls);
    await sleep(50);
    const deadline = Date.now() + 15_000;
    while ((await client.ttl(await hashNow())) < 0 && Date.now() < deadline) {
      await pay();
      await sleep(200);
    }
    expect(await client.ttl(await hashNow())).toBeGreaterThan(0);
  }, 30_000);

  test('when it lies: values of other cards, other keys, other data sets, or none of ours', async () => {
    const hash = await hashNow();
    const kept = await client.hgetall(hash);
    const [fields, values] = [Object.keys(kept), Object.values(kept)];
    const text = (value: string) => value.slice(22);
    const lies: ((value: string, i: number) => string)[] = [
      // Another card's outcome, another request's outcome.
      (_, i) => values[(i + 1) % values.length] as string,
      // Its own outcome, made an approval, a decline, or a decline that nobody knows.
      (value) => value.replace(/"insufficient-funds"/, 'null'),
      (value) => value.replace(/,null,(\[.*\])\]$/, ',"card-lost",$1]'),
      (value) => value.replace(/,null,(\[.*\])\]$/, ',"no-such-refusal",$1]'),
      // Another amount left on the purse, another transaction.
      (value) => value.replace(/"(\d+)"\],\[/, '"77777"],['),
      (value) => value.replace(/"\d{17,18}","20/, '"250361234567168000","20'),
      // The right text without its mark, with another's mark, with a mark of another data set.
      (value) => text(value),
      (value, i) => (values[(i + 1) % values.length] as string).slice(0, 22) + text(value),
      (value) => openSecrets({ masterKeyHex: 'ab'.repeat(32), dataDir: '/' }).redisName(value) + text(value),
      () => 'garbage',
      () => '{"__proto__":null}',
      () => '',
      () => 'x'.repeat(100_000),
    ];
    for (const lie of lies) {
      const forged = fields.flatMap((field, i) => [field, lie(values[i] as string, i)]);
      await client.hset(hash, ...forged);
      for (const call of calls) {
        const again = await send(call, '1');
        expect([again.status, again.text], String(lie)).toEqual([call.first.status, call.first.text]);
      }
    }
    calls = await traffic(calls);
  }, 30_000);

  test('when its hash is something else', async () => {
    const hash = await hashNow();
    for (const make of [
      () => client.set(hash, 'a text'),
      () => client.rpush(hash, 'a list'),
      () => client.zadd(hash, 1, 'a set'),
    ]) {
      await client.del(hash);
      await make();
      calls = await traffic(calls);
    }
    await client.del(hash);
  }, 30_000);

  test('when it is frozen: it is left alone after one line in the log, and used again when it thaws', async () => {
    await closedAgain();
    lines.length = 0;
    process.kill(redis.pid, 'SIGSTOP');
    const errors = async () => (await metrics.redisErrors.get()).values[0]?.value ?? 0;
    const before = await errors();
    calls = await traffic(calls);
    // Three waits open it, and each try in vain opens it anew: between the two it is half open for a moment.
    await expect.poll(state).toBe(2);
    while ((await errors()) <= before + 3) calls = await traffic(calls);
    const said = () => lines.map((line) => JSON.parse(line).msg);
    const [leftAlone, inUse] = ['redis is left alone: it failed or was too slow', 'redis is in use again'];
    expect(said()).toEqual([leftAlone]);
    process.kill(redis.pid, 'SIGCONT');
    await closedAgain();
    // On a busy machine it may be too slow once more on its way back: each is said once, in turn.
    expect(said().length).toBeGreaterThanOrEqual(2);
    expect(said()).toEqual(said().map((_, i) => (i % 2 === 0 ? leftAlone : inUse)));
  }, 60_000);

  test('when it is killed, and when it comes back empty', async () => {
    await redis.kill('SIGKILL');
    calls = await traffic(calls);
    redis = await startRedis(redis.port);
    await closedAgain();
    calls = await traffic(calls);
    await inOrder();
  }, 40_000);

  /** Pays until the breaker lets Redis be used. */
  async function closedAgain(): Promise<void> {
    const deadline = Date.now() + 30_000;
    while ((await state()) !== 0 && Date.now() < deadline) {
      await pay({ amount: 1 });
      await sleep(100);
    }
    expect(await state()).toBe(0);
  }
});
