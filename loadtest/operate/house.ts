import { randomBytes } from 'node:crypto';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '#platform/config.ts';
import { makeFolder } from '#platform/files/make-folder.ts';
import { createSecretFile } from '#platform/files/secret-file.ts';
import { openLog } from '#platform/log.ts';
import { type Database, openDatabase } from '#start/database.ts';
import { nodeFlags } from '#testing/servers/node-flags.ts';
import { operationsFolder } from './dashboard.ts';
import type { OperateOptions } from './options.ts';
import { choosePlaces, local, type Places } from './places.ts';
import { type Order, type Running, requirePrograms, startProgram, waitUntilGood } from './programs.ts';

/** Everything of compose.yaml but Grafana, as processes of this machine. */
export interface House {
  readonly places: Places;
  readonly databaseUrl: string;
  readonly folder: string;
  /** What runs now, by name. */
  running(): readonly Part[];
  stop(): Promise<void>;
}

/** A program that runs now. */
interface Part {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
}

const main = join(import.meta.dirname, '../../src/main.ts');
/** As in compose.yaml, whatever dies is started again. */
const restartPauseMs = 2_000;

/** Starts everything in the order in which it depends on each other; what fails stops what was started. */
export async function openHouse(options: OperateOptions): Promise<House> {
  requirePrograms([
    ...(['redis-server', 'haproxy', 'prometheus'] as const),
    ...(['prometheus-postgres-exporter', 'prometheus-node-exporter'] as const),
  ]);
  const { folder } = options;
  makeFolder(folder);
  const places = await choosePlaces(options.anyPorts);
  const database = await openDatabase(readConfig({ DATA_DIR: join(folder, 'database') }));
  database.watch(openLog('silent'));
  const kept = keeper();
  const stop = async () => {
    await kept.stop();
    await database.stop();
  };
  try {
    for (const { order, goodAt } of orders({ folder, places, databaseUrl: database.url }))
      await kept.start(order, goodAt);
  } catch (error) {
    await stop();
    throw error;
  }
  const running = () => [postgresOf(database), ...kept.running()];
  return { places, databaseUrl: database.url, folder, running, stop };
}

/** PostgreSQL has a keeper of its own, which looks after it every second. */
function postgresOf(database: Database): Part {
  return {
    ...{ name: 'postgres', pid: database.serverPid() ?? 0 },
    logFile: join(database.dataDir, 'postgresql/log'),
  };
}

interface Wanted {
  readonly order: Order;
  readonly goodAt: string | null;
}

interface At {
  readonly folder: string;
  readonly places: Places;
  readonly databaseUrl: string;
}

function orders(at: At): readonly Wanted[] {
  const { places } = at;
  return [
    { order: redis(at), goodAt: null },
    ...places.instances.map(({ http }, n) => ({
      order: instance(at, n),
      goodAt: `http://${local(http)}/readyz`,
    })),
    { order: proxy(at), goodAt: `http://${local(places.site)}/readyz` },
    { order: postgresExporter(at), goodAt: `http://${local(places.postgresExporter)}/` },
    { order: nodeExporter(at), goodAt: `http://${local(places.nodeExporter)}/` },
    { order: prometheus(at), goodAt: `http://${local(places.prometheus)}/-/ready` },
  ];
}

const logOf = ({ folder }: At, name: string) => join(folder, `${name}.log`);

function redis(at: At): Order {
  const limits = ['--maxmemory', '256mb', '--maxmemory-policy', 'allkeys-lru'];
  const args = ['--port', String(at.places.redis), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  return {
    name: 'redis',
    command: 'redis-server',
    args: [...args, ...limits],
    env: {},
    logFile: logOf(at, 'redis'),
  };
}

/** The first plays the demonstration's bank and utilities, too: two would take each other's place. */
function instance(at: At, n: number): Order {
  const { folder, places, databaseUrl } = at;
  const name = `service-${n + 1}`;
  const key = createSecretFile(join(folder, 'master.key'), randomBytes(32).toString('hex'));
  const place = places.instances[n];
  return {
    name,
    command: process.execPath,
    args: [...nodeFlags, main],
    env: {
      ...{ PORT: String(place?.http), POS_PORT: String(place?.pos), DATA_DIR: join(folder, name) },
      ...{ DATABASE_URL: databaseUrl, REDIS_URL: `redis://${local(places.redis)}`, MASTER_KEY: key },
      ...{ PUBLIC_URL: `http://${local(places.site)}`, PROXY_ADDRESS: '127.0.0.1' },
      ...{ DEMO: n === 0 ? 'yes' : 'no', LOG_REQUESTS: 'yes', DRAIN_SECONDS: '2' },
    },
    logFile: logOf(at, name),
  };
}

function proxy(at: At): Order {
  const { places } = at;
  const [one, two] = places.instances;
  return {
    name: 'proxy',
    command: 'haproxy',
    args: ['-db', '-f', join(operationsFolder, 'haproxy/haproxy.cfg')],
    env: {
      ...{ SITE_ADDRESS: local(places.site), TERMINALS_ADDRESS: local(places.terminals) },
      ...{ STATISTICS_ADDRESS: local(places.statistics), RESOLVER: '127.0.0.1:53' },
      ...{ SERVICE_1: local(one?.http ?? 0), SERVICE_2: local(two?.http ?? 0) },
      ...{ TERMINALS_1: local(one?.pos ?? 0), TERMINALS_2: local(two?.pos ?? 0) },
    },
    logFile: logOf(at, 'proxy'),
  };
}

function postgresExporter(at: At): Order {
  return {
    name: 'postgres-exporter',
    command: 'prometheus-postgres-exporter',
    args: [`--web.listen-address=${local(at.places.postgresExporter)}`],
    env: { DATA_SOURCE_NAME: `${at.databaseUrl}?sslmode=disable` },
    logFile: logOf(at, 'postgres-exporter'),
  };
}

function nodeExporter(at: At): Order {
  const collectors = ['filesystem', 'cpu', 'meminfo'].map((one) => `--collector.${one}`);
  return {
    name: 'node-exporter',
    command: 'prometheus-node-exporter',
    args: [
      `--web.listen-address=${local(at.places.nodeExporter)}`,
      '--collector.disable-defaults',
      ...collectors,
    ],
    env: {},
    logFile: logOf(at, 'node-exporter'),
  };
}

/** The configuration of compose.yaml with the targets of this house. */
function prometheus(at: At): Order {
  const { folder, places } = at;
  const configured = join(folder, 'prometheus');
  rmSync(configured, { recursive: true, force: true });
  cpSync(join(operationsFolder, 'prometheus'), configured, { recursive: true });
  const targets = {
    'one-card': places.instances.map(({ http }) => local(http)),
    postgres: [local(places.postgresExporter)],
    machine: [local(places.nodeExporter)],
    proxy: [local(places.statistics)],
  };
  for (const [job, hosts] of Object.entries(targets))
    writeFileSync(join(configured, `targets/${job}.json`), JSON.stringify([{ targets: hosts }]));
  return {
    name: 'prometheus',
    command: 'prometheus',
    args: [
      `--config.file=${join(configured, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'measures')}`,
      `--web.listen-address=${local(places.prometheus)}`,
    ],
    env: {},
    logFile: logOf(at, 'prometheus'),
  };
}

/** Keeps programs running: what dies is started again, until all are stopped, the last that was started first. */
function keeper() {
  const names: string[] = [];
  const byName = new Map<string, Running>();
  let isStopping = false;
  const keep = (order: Order): Running => {
    const program = startProgram(order);
    byName.set(order.name, program);
    void program.ended.then(async () => {
      await sleep(restartPauseMs);
      if (!isStopping) keep(order);
    });
    return program;
  };
  return {
    start: async (order: Order, goodAt: string | null) => {
      names.push(order.name);
      const program = keep(order);
      if (goodAt !== null) await waitUntilGood(goodAt, program);
    },
    running: () => [...byName.values()],
    stop: async () => {
      isStopping = true;
      for (const name of [...names].reverse()) await byName.get(name)?.stop();
    },
  };
}
