import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { quietPort } from '#loadtest/chaos/servers/ports.ts';
import { childrenOf, signal } from '#loadtest/chaos/servers/processes.ts';
import type { Ground } from '#loadtest/chaos/world.ts';
import { requirePrograms } from '#loadtest/rolling/debian.ts';
import { type NodePlace, patroniConfig } from './patroni-config.ts';
import { makeServerFolder, startProgram } from './programs.ts';

/** PostgreSQL on several nodes of which one is the primary, as Patroni and etcd agree. */
export interface Cluster {
  readonly nodes: readonly ClusterNode[];
  readonly password: string;
  /** Waits until there is a primary with a synchronous standby; gives the primary. */
  whole(): Promise<ClusterNode>;
  /** Waits until another node than this one is primary. */
  successorOf(node: ClusterNode): Promise<ClusterNode>;
}

interface ClusterNode extends NodePlace {
  /** Everything of the node in one moment, as when its power goes; or its server alone, which leaves Patroni. */
  kill(what: 'machine' | 'server'): void;
  /** The machine is back, with the disk that it had. */
  start(): void;
}

const names = ['alpha', 'beta', 'gamma'] as const;
const wholeLimitMs = 120_000;
const programs = ['etcd', 'patroni', 'haproxy', '/usr/lib/postgresql/15/bin/initdb'];
const packages = ['etcd-server', 'patroni', 'haproxy', 'postgresql-15'];

/** Starts etcd and so many nodes, all on this machine. Debian's packages are installed when we may. */
export async function openCluster(ground: Ground, nodeCount: number): Promise<Cluster> {
  requirePrograms(programs, packages);
  const etcdPort = await startEtcd(ground);
  const password = randomBytes(12).toString('hex');
  const nodes: ClusterNode[] = [];
  for (const name of names.slice(0, nodeCount)) {
    const folder = makeServerFolder(join(ground.folder, name));
    const place = { name, folder, etcdPort, password, port: await quietPort(), restPort: await quietPort() };
    nodes.push(openNode(ground, place));
  }
  const primary = async () => {
    for (const node of nodes) if (await is(node, 'primary')) return node;
    return null;
  };
  return {
    nodes,
    password,
    whole: () =>
      waitFor('a primary with a synchronous standby', async () => {
        const found = await primary();
        const standbys = await Promise.all(nodes.map((node) => is(node, 'synchronous')));
        return standbys.some(Boolean) ? found : null;
      }),
    successorOf: (node) =>
      waitFor('a new primary', async () => {
        const found = await primary();
        return found === node ? null : found;
      }),
  };
}

async function startEtcd(ground: Ground): Promise<number> {
  const folder = makeServerFolder(join(ground.folder, 'etcd'));
  const [port, peerPort] = [await quietPort(), await quietPort()];
  const [client, peer] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peerPort}`];
  const args = [
    ...['--name', 'only', '--data-dir', join(folder, 'data')],
    ...['--listen-client-urls', client, '--advertise-client-urls', client],
    ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer],
    ...['--initial-cluster', `only=${peer}`],
  ];
  const logFile = join(ground.folder, 'etcd.log');
  const child = startProgram({ program: 'etcd', args, logFile, folder });
  ground.onClose(() => child.kill('SIGKILL'));
  return port;
}

function openNode(ground: Ground, place: NodePlace): ClusterNode {
  const { name, folder } = place;
  const file = join(folder, 'patroni.yml');
  writeFileSync(file, patroniConfig(place));
  chmodSync(file, 0o644);
  let patroni: ChildProcess | null = null;
  const start = () => {
    const logFile = join(ground.folder, `${name}.log`);
    patroni = startProgram({ program: 'patroni', args: [file], logFile, folder });
  };
  const kill = (what: 'machine' | 'server') => {
    if (what === 'machine') patroni?.kill('SIGKILL');
    const postmaster = postmasterOf(folder);
    if (postmaster === null) return;
    const family = [postmaster, ...(what === 'machine' ? childrenOf(postmaster) : [])];
    for (const pid of family) signal(pid, 'SIGKILL');
  };
  ground.onClose(() => kill('machine'));
  start();
  return { ...place, start, kill };
}

function postmasterOf(folder: string): number | null {
  try {
    return Number(readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
  } catch {
    return null;
  }
}

/** Asks Patroni what the node is. */
async function is({ restPort }: NodePlace, role: 'primary' | 'synchronous'): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${restPort}/${role}`, {
      signal: AbortSignal.timeout(1_000),
    });
    await answer.arrayBuffer();
    return answer.status === 200;
  } catch {
    return false;
  }
}

async function waitFor<T>(what: string, look: () => Promise<T | null>): Promise<T> {
  const deadline = Date.now() + wholeLimitMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > deadline) throw new Error(`there is no ${what} after two minutes`);
    await sleep(200);
  }
}
