import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DemoSignIns, demoSignIns } from '#demo/sign-ins.ts';
import { openSecrets } from '#platform/secrets.ts';
import { type ChaosService, startService } from './servers/instance.ts';
import { quietPort } from './servers/ports.ts';
import { type ChaosPostgres, startPostgres } from './servers/postgres.ts';
import { type ChaosRedis, startChaosRedis } from './servers/redis.ts';

/** All that runs: one PostgreSQL, one Redis, two instances of the service. */
export interface World {
  readonly postgres: ChaosPostgres;
  readonly redis: ChaosRedis;
  readonly services: readonly ChaosService[];
  /** Where each instance listens for terminals. */
  readonly posPorts: readonly number[];
  readonly signIns: DemoSignIns;
}

/** Where a run keeps its files, and how everything that it started ends. */
export interface Ground {
  readonly folder: string;
  /** Called before something is started; throws when the run is being closed already. */
  onClose(close: () => unknown): void;
  /** Stops everything, the last that was started first; twice is once. The folder goes unless it is evidence. */
  close(keepFolder: boolean): Promise<void>;
}

export function openGround(): Ground {
  const folder = mkdtempSync(join(tmpdir(), 'one-card-chaos-'));
  // The server's own user must reach it.
  chmodSync(folder, 0o755);
  const closers: (() => unknown)[] = [];
  let closing: Promise<void> | null = null;
  const closeAll = async (keepFolder: boolean) => {
    for (let close = closers.pop(); close !== undefined; close = closers.pop()) {
      try {
        await close();
      } catch (error) {
        console.error('not closed:', error);
      }
    }
    if (!keepFolder) rmSync(folder, { recursive: true, force: true });
  };
  return {
    folder,
    onClose: (close) => {
      if (closing !== null) throw new Error('the run is over');
      closers.push(close);
    },
    close: (keepFolder) => {
      closing ??= closeAll(keepFolder);
      return closing;
    },
  };
}

/** Ctrl-C in the middle of a start stops what was being started. */
function started<Server extends { stop(): unknown }>(
  ground: Ground,
  start: () => Promise<Server>,
): Promise<Server> {
  let starting: Promise<Server> | null = null;
  ground.onClose(async () => {
    const server = await starting?.catch(() => undefined);
    await server?.stop();
  });
  starting = start();
  return starting;
}

/** How long the service holds a request: short, so that freezes outlast it. */
const requestTimeoutMs = 3_000;
const program = join(import.meta.dirname, '../../src/main.ts');

/** Starts everything. The first instance seeds the demonstration, so the second is started after it. */
export async function openWorld(ground: Ground): Promise<World> {
  const { folder, onClose } = ground;
  const postgres = await started(ground, () => startPostgres(join(folder, 'postgres')));
  const redis = await started(ground, startChaosRedis);
  const masterKeyHex = randomBytes(32).toString('hex');
  const environment = {
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    MASTER_KEY: masterKeyHex,
    DEMO: 'yes',
    LOG_LEVEL: 'info',
    REQUEST_TIMEOUT_MS: String(requestTimeoutMs),
    // Fewer clients than make an instance use all its lanes by itself.
    SPREAD_FROM: '0',
    // Looks at the running books are to fall into the middle of the faults.
    WATCH_SECONDS: '5',
    // No load balancer has to be told first.
    DRAIN_SECONDS: '0',
  };
  const services: ChaosService[] = [];
  const posPorts: number[] = [];
  for (const name of ['A', 'B']) {
    const dataDir = join(folder, `service-${name}`);
    mkdirSync(dataDir);
    const port = await quietPort();
    const posPort = await quietPort();
    posPorts.push(posPort);
    const here = { ...environment, DATA_DIR: dataDir, POS_PORT: String(posPort) };
    const service = await startService({ name, port, program, folder, environment: here, onClose });
    services.push(service);
  }
  const signIns = demoSignIns(openSecrets({ masterKeyHex, dataDir: folder }));
  return { postgres, redis, services, posPorts, signIns };
}
