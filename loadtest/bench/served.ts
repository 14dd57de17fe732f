import { join } from 'node:path';
import { startRedis } from '#platform/testing/test-redis.ts';
import { type Measured, type Meters, metered, percentiles, type Tally } from './figures/measured.ts';
import { presentCards } from './http/present-cards.ts';
import { forkChild, type Service, startService } from './load/child.ts';
import type { LoadOrder, LoadResult } from './load/load.ts';
import { checkBooks } from './our-way.ts';
import { loadStart } from './wire-traffic.ts';
import type { World } from './world.ts';

/** A server that is up, and what is asked of it. */
export interface Served {
  readonly port: number;
  readonly meters: Meters;
  readonly traffic: 'signed' | 'usual' | 'echo' | 'framed';
  /** What the traffic must know of the server. */
  readonly told?: object;
  readonly connections: number;
  /** Requests under way on each connection; one where nothing is said. */
  readonly pipelined?: number;
  /** Requests made in advance, per second of load: more than the server can answer. */
  readonly perSecondMax: number;
  /** The status of a payment for which there is no money. */
  readonly declinedStatus: number;
  readonly check: () => Promise<void>;
}

export const manyConnections = 512;

const here = import.meta.dirname;
export const serviceFile = join(here, '../../src/main.ts');
const startLimitMs = 30_000;
const answerLimitMs = 30_000;

let loads = 0;

/** Our own service, started as it is started anywhere, on the world's books. It ends with the world. */
export async function startOn(world: World, redis: { readonly url: string } | null): Promise<Service> {
  const service = await startService(serviceFile, {
    DATABASE_URL: world.url,
    MASTER_KEY: world.masterKeyHex,
    LOG_LEVEL: 'error',
    ...(redis === null ? {} : { REDIS_URL: redis.url }),
  });
  world.onClose(() => service.stop());
  return service;
}

/** Our own service, with every card presented to it. */
export async function startOurs(
  world: World,
  { withRedis, localDate }: { readonly withRedis: boolean; readonly localDate: string },
): Promise<Omit<Served, 'traffic'> & { readonly posPort: number }> {
  const redis = withRedis ? await openRedis(world) : null;
  const service = await startOn(world, redis);
  await presentCards({ port: service.port, cards: world.cards, localDate });
  return {
    port: service.port,
    posPort: service.posPort,
    meters: { postgresPid: world.postgresPid, nodePid: service.pid, redisPid: redis?.pid ?? null },
    connections: manyConnections,
    perSecondMax: 30_000,
    declinedStatus: 402,
    check: () => checkBooks(world),
  };
}

export async function openRedis(world: World) {
  const redis = await startRedis();
  world.onClose(() => redis.stop());
  return redis;
}

export async function openChild(
  world: World,
  file: string,
  order: object,
): Promise<{ pid: number; port: number }> {
  const child = forkChild(join(here, file), order);
  world.onClose(() => child.stop());
  const { port } = await child.next<{ port: number }>(startLimitMs);
  return { pid: child.pid, port };
}

/** Loads a server from a process of its own, and checks its books after. */
export async function measureServed(served: Served, seconds: number): Promise<Measured> {
  const order: LoadOrder = {
    port: served.port,
    connections: served.connections,
    pipelined: served.pipelined ?? 1,
    seconds,
    trafficUrl: new URL('./wire-traffic.ts', import.meta.url).href,
    trafficName: served.traffic,
    ...(served.told === undefined ? {} : { told: served.told }),
    first: loadStart(loads++),
    count: Math.ceil(served.perSecondMax * seconds),
  };
  const child = forkChild(join(here, 'load/load.ts'), order);
  try {
    await child.next(startLimitMs + seconds * 2_000);
    const measured = await metered(served.meters, async () => {
      child.send({ go: true });
      const result = await child.next<LoadResult>(seconds * 1000 + answerLimitMs);
      return tallyOf(result, served.declinedStatus);
    });
    await served.check();
    return measured;
  } finally {
    await child.stop();
  }
}

/** Every request got the status that was due, or the bench ends. */
function tallyOf(result: LoadResult, declinedStatus: number): Tally {
  const { payments, seconds, latenciesMs, answered, due, loadUs } = result;
  if (JSON.stringify(answered) !== JSON.stringify(due))
    throw new Error(`answered ${JSON.stringify(answered)} where ${JSON.stringify(due)} is due`);
  return {
    payments,
    seconds,
    ...percentiles(latenciesMs),
    declined: answered[declinedStatus] ?? 0,
    declinedDue: due[declinedStatus] ?? 0,
    replayed: 0,
    replayedDue: 0,
    groupSize: null,
    loadUs,
  };
}
