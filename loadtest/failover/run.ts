import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { ChaosOptions } from '#loadtest/chaos/options.ts';
import { type Figures, figuresOf, isGood } from '#loadtest/chaos/report.ts';
import { quietPort } from '#loadtest/chaos/servers/ports.ts';
import type { Ground } from '#loadtest/chaos/world.ts';
import { startHaproxy } from '#loadtest/rolling/haproxy.ts';
import { type RollingTraffic, startRollingTraffic } from '#loadtest/rolling/traffic.ts';
import { openRollingWorld } from '#loadtest/rolling/world.ts';
import type { TerminalClient } from '#testing/terminal-client.ts';
import { type Cluster, openCluster } from './cluster.ts';

export interface FailoverTools {
  readonly wire: TerminalClient;
  readonly ground: Ground;
  readonly say: (line: string) => void;
}

export interface FailoverOptions extends ChaosOptions {
  readonly nodes: number;
}

/** How one death of a primary went. */
interface Takeover {
  readonly what: 'machine' | 'server';
  /** Until another node said that it is the primary. */
  readonly newPrimaryMs: number;
  /** How long nobody was given an answer. */
  readonly silenceMs: number;
}

export interface FailoverResult {
  readonly nodes: number;
  readonly takeovers: readonly Takeover[];
  readonly figures: Figures;
  readonly unanswered: Readonly<Record<string, number>>;
  readonly isGood: boolean;
}

const steadyMs = 5_000;
/** With two nodes nothing is acknowledged until the dead one is back: it comes back at once when the other took over. */
const backMs = { alone: 0, among: 5_000 };
/** Longer than a dead backend's transaction may stand in the way. */
const requestTimeoutMs = 5_000;

/** Kills the primary under load: first the machine, then, on its successor, the server alone. */
export async function runFailover(options: FailoverOptions, tools: FailoverTools): Promise<FailoverResult> {
  const { ground, say, wire } = tools;
  const cluster = await openCluster(ground, options.nodes);
  const first = await cluster.whole();
  say(`${first.name} is primary of ${options.nodes} nodes, and has a synchronous standby`);
  const databaseUrl = await balancedUrl(ground, cluster);
  const world = await openRollingWorld(ground, {
    ...{ databaseUrl, drainSeconds: 1 },
    environment: { REQUEST_TIMEOUT_MS: String(requestTimeoutMs) },
  });
  say('two instances are up on the primary, behind HAProxy');
  const traffic = startRollingTraffic({ world, booksUrl: databaseUrl, wire, ground, options });
  const takeovers: Takeover[] = [];
  for (const what of ['machine', 'server'] as const) {
    await sleep(steadyMs);
    takeovers.push(await takeOver(what, { cluster, traffic, say }));
  }
  await sleep(steadyMs);
  for (const { service } of world.services) await service.ready(60_000);
  say('every request that is still open is asked for until it is answered');
  const result = await traffic.finish();
  const faults = new Map(takeovers.map(({ what }) => [`${what} killed`, 1]));
  const figures = figuresOf({ ...result, options, faults });
  const unanswered = Object.fromEntries(traffic.unanswered);
  return { nodes: options.nodes, takeovers, figures, unanswered, isGood: isGood(figures) };
}

/** One address for whichever node is primary; sessions with one that is not any more are cut. */
async function balancedUrl(ground: Ground, cluster: Cluster): Promise<string> {
  const port = await quietPort();
  const balancer = await startHaproxy(ground.folder, [
    {
      ...{ name: 'postgres', port, mode: 'tcp', healthPath: '/primary', cutsUnhealthy: true },
      backends: cluster.nodes.map((node) => ({
        name: node.name,
        port: node.port,
        healthPort: node.restPort,
      })),
    },
  ]);
  ground.onClose(() => balancer.stop());
  const url = new URL(`postgresql://postgres:${cluster.password}@127.0.0.1:${port}/postgres`);
  const primary = await cluster.whole();
  await balancer.sees('postgres', primary.name, 'UP');
  const admin = new pg.Client({ connectionString: url.href });
  await admin.connect();
  await admin.query('create database one_card');
  await admin.end();
  url.pathname = '/one_card';
  return url.href;
}

interface TakeOverOf {
  readonly cluster: Cluster;
  readonly traffic: RollingTraffic;
  readonly say: (line: string) => void;
}

async function takeOver(what: 'machine' | 'server', of: TakeOverOf): Promise<Takeover> {
  const { cluster, traffic, say } = of;
  const primary = await cluster.whole();
  const killedAtMs = performance.now();
  primary.kill(what);
  const successor = await cluster.successorOf(primary);
  const newPrimaryMs = performance.now() - killedAtMs;
  const isAlone = cluster.nodes.length === 2;
  if (what === 'machine') {
    await sleep(isAlone ? backMs.alone : backMs.among);
    primary.start();
  }
  await cluster.whole();
  await sleep(steadyMs);
  const silenceMs = traffic.longestSilenceMs(killedAtMs - 1_000);
  say(
    `the ${what} of ${primary.name} killed: ${successor.name} took over after ${seconds(newPrimaryMs)} s, ` +
      `nobody was answered for ${seconds(silenceMs)} s`,
  );
  return { what, newPrimaryMs: Math.round(newPrimaryMs), silenceMs: Math.round(silenceMs) };
}

const seconds = (ms: number) => (ms / 1_000).toFixed(1);
