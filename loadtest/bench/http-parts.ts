import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startRedis } from '#platform/testing/test-redis.ts';
import {
  type Measured,
  type Meters,
  metered,
  type Part,
  percentiles,
  type Tally,
  type Wants,
} from './figures/measured.ts';
import { forkChild, startService } from './http/child.ts';
import type { LoadOrder, LoadResult } from './http/load.ts';
import { presentCards } from './http/present-cards.ts';
import { loadStart } from './http-traffic.ts';
import { checkBooks } from './our-way.ts';
import type { UsualOrder } from './usual/server.ts';
import { checkUsualBooks, usualConnections } from './usual-way.ts';
import { traffic } from './workload.ts';
import type { World } from './world.ts';

/** A server that is up, and what is asked of it. */
interface Served {
  readonly port: number;
  readonly meters: Meters;
  readonly traffic: 'signed' | 'usual' | 'echo';
  readonly connections: number;
  /** Requests made in advance, per second of load: more than the server can answer. */
  readonly perSecondMax: number;
  readonly check: () => Promise<void>;
}

const here = import.meta.dirname;
const serviceFile = join(here, '../../src/main.ts');
const manyConnections = 512;
/** At more the usual service only waits longer. */
const usualSenders = 32;
const startLimitMs = 30_000;
const answerLimitMs = 30_000;

let loads = 0;

/** The parts over HTTP: each server in a process of its own, and the load in another. */
export async function httpParts(world: World, wants: Wants): Promise<Part[]> {
  const parts: Part[] = [];
  const add = async (name: string, what: string, open: () => Promise<Served>) => {
    if (!wants(name)) return;
    const served = await open();
    parts.push({ name, what, measure: (seconds) => measureHttp(served, seconds) });
  };
  if (existsSync(serviceFile)) {
    await add('e', `our HTTP, ${manyConnections} connections`, () => openService(world, false));
    await add('r', `our HTTP with Redis, ${manyConnections} connections`, () => openService(world, true));
  }
  await add('echo', `Hono's echo, ${manyConnections} connections`, () => openEcho(world));
  await add('f', `the usual HTTP service with Redis, ${usualSenders} connections`, () =>
    openUsualServer(world),
  );
  return parts;
}

/** Our own service, started as it is started anywhere. */
async function openService(world: World, withRedis: boolean): Promise<Served> {
  const redis = withRedis ? await openRedis(world) : null;
  const service = await startService(serviceFile, {
    DATABASE_URL: world.url,
    MASTER_KEY: world.masterKeyHex,
    LOG_LEVEL: 'error',
    ...(redis === null ? {} : { REDIS_URL: redis.url }),
  });
  world.onClose(() => service.stop());
  const localDate = withRedis ? '2026-11-02' : '2026-11-01';
  await presentCards({ port: service.port, cards: traffic.cards, localDate });
  return {
    port: service.port,
    meters: { postgresPid: world.postgresPid, nodePid: service.pid, redisPid: redis?.pid ?? null },
    traffic: 'signed',
    connections: manyConnections,
    perSecondMax: 30_000,
    check: () => checkBooks(world),
  };
}

async function openUsualServer(world: World): Promise<Served> {
  const redis = await openRedis(world);
  const order: UsualOrder = {
    databaseUrl: world.url,
    redisUrl: redis.url,
    connectionsMax: usualConnections,
  };
  const { pid, port } = await openChild(world, 'usual/server.ts', order);
  return {
    port,
    meters: { postgresPid: world.postgresPid, nodePid: pid, redisPid: redis.pid },
    traffic: 'usual',
    connections: usualSenders,
    perSecondMax: 3_000,
    check: () => checkUsualBooks(world),
  };
}

async function openEcho(world: World): Promise<Served> {
  const { pid, port } = await openChild(world, 'http/echo-server.ts', {});
  return {
    port,
    meters: { postgresPid: world.postgresPid, nodePid: pid, redisPid: null },
    traffic: 'echo',
    connections: manyConnections,
    perSecondMax: 60_000,
    check: async () => undefined,
  };
}

async function openRedis(world: World) {
  const redis = await startRedis();
  world.onClose(() => redis.stop());
  return redis;
}

async function openChild(world: World, file: string, order: object): Promise<{ pid: number; port: number }> {
  const child = forkChild(join(here, file), order);
  world.onClose(() => child.stop());
  const { port } = await child.next<{ port: number }>(startLimitMs);
  return { pid: child.pid, port };
}

async function measureHttp(served: Served, seconds: number): Promise<Measured> {
  const order: LoadOrder = {
    port: served.port,
    connections: served.connections,
    seconds,
    trafficUrl: new URL('./http-traffic.ts', import.meta.url).href,
    trafficName: served.traffic,
    first: loadStart(loads++),
    count: Math.ceil(served.perSecondMax * seconds),
  };
  const child = forkChild(join(here, 'http/load.ts'), order);
  try {
    await child.next(startLimitMs + seconds * 2_000);
    const measured = await metered(served.meters, async () => {
      child.send({ go: true });
      return tallyOf(await child.next<LoadResult>(seconds * 1000 + answerLimitMs));
    });
    await served.check();
    return measured;
  } finally {
    await child.stop();
  }
}

/** Every request got the status that was due, or the bench ends. */
function tallyOf(result: LoadResult): Tally {
  const { payments, seconds, latenciesMs, answered, due, loadUs } = result;
  if (JSON.stringify(answered) !== JSON.stringify(due))
    throw new Error(`HTTP answered ${JSON.stringify(answered)} where ${JSON.stringify(due)} is due`);
  return {
    payments,
    seconds,
    ...percentiles(latenciesMs),
    declined: answered[402] ?? 0,
    declinedDue: due[402] ?? 0,
    replayed: 0,
    replayedDue: 0,
    groupSize: null,
    loadUs,
  };
}
