import { existsSync } from 'node:fs';
import type { Part, Wants } from './figures/measured.ts';
import {
  manyConnections,
  measureServed,
  openChild,
  openRedis,
  type Served,
  serviceFile,
  startOurs,
} from './served.ts';
import type { UsualOrder } from './usual/server.ts';
import { checkUsualBooks, usualConnections } from './usual-way.ts';
import type { World } from './world.ts';

/** At more the usual service only waits longer. */
const usualSenders = 32;

/** The parts over HTTP: each server in a process of its own, and the load in another. */
export async function httpParts(world: World, wants: Wants): Promise<Part[]> {
  const parts: Part[] = [];
  const add = async (name: string, what: string, open: () => Promise<Served>) => {
    if (!wants(name)) return;
    const served = await open();
    parts.push({ name, what, measure: (seconds) => measureServed(served, seconds) });
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

async function openService(world: World, withRedis: boolean): Promise<Served> {
  const localDate = withRedis ? '2026-11-02' : '2026-11-01';
  return { ...(await startOurs(world, { withRedis, localDate })), traffic: 'signed' };
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
    declinedStatus: 402,
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
    declinedStatus: 402,
    check: async () => undefined,
  };
}
