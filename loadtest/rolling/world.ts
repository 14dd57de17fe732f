import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type DemoSignIns, demoSignIns } from '#demo/sign-ins.ts';
import { type ChaosService, startService } from '#loadtest/chaos/servers/instance.ts';
import { quietPort } from '#loadtest/chaos/servers/ports.ts';
import type { ChaosPostgres } from '#loadtest/chaos/servers/postgres.ts';
import { startChaosRedis } from '#loadtest/chaos/servers/redis.ts';
import type { Ground } from '#loadtest/chaos/world.ts';
import { openSecrets } from '#platform/secrets.ts';
import { type Backend, type Haproxy, startHaproxy } from './haproxy.ts';

/** Two instances behind one address. */
export interface RollingWorld {
  readonly services: readonly RollingService[];
  readonly balancer: Haproxy;
  /** Where everybody calls. */
  readonly address: string;
  readonly posPort: number;
  readonly signIns: DemoSignIns;
}

interface RollingService {
  readonly service: ChaosService;
  /** From its next start on it is this program. */
  upgrade(program: string): void;
}

export interface WorldOptions {
  readonly databaseUrl: string;
  readonly drainSeconds: number;
  /** Added to what each instance is started with. */
  readonly environment?: Readonly<Record<string, string>>;
}

const program = join(import.meta.dirname, '../../src/main.ts');
/** The names of the balancer's two addresses. */
export const places = { http: 'http', pos: 'pos' } as const;

/** Starts Redis, two instances on the database given, and HAProxy before them. The first one seeds. */
export async function openRollingWorld(ground: Ground, options: WorldOptions): Promise<RollingWorld> {
  const { folder } = ground;
  const redis = await startChaosRedis();
  ground.onClose(() => redis.stop());
  const masterKeyHex = randomBytes(32).toString('hex');
  const environment = {
    DATABASE_URL: options.databaseUrl,
    REDIS_URL: redis.url,
    MASTER_KEY: masterKeyHex,
    DEMO: 'yes',
    DRAIN_SECONDS: String(options.drainSeconds),
    SPREAD_FROM: '0',
    ...options.environment,
  };
  const services: RollingService[] = [];
  const backends: { readonly http: Backend; readonly pos: Backend }[] = [];
  for (const name of ['A', 'B']) {
    const [port, posPort] = [await quietPort(), await quietPort()];
    const dataDir = join(folder, `service-${name}`);
    mkdirSync(dataDir);
    const here = { ...environment, DATA_DIR: dataDir, POS_PORT: String(posPort) };
    const how = { name, port, program, folder, environment: here, onClose: ground.onClose };
    const service = await startService(how);
    const upgrade = (next: string) => {
      how.program = next;
    };
    services.push({ service, upgrade });
    const backend = (at: number) => ({ name, port: at, healthPort: port });
    backends.push({ http: backend(port), pos: backend(posPort) });
  }
  const [port, posPort] = [await quietPort(), await quietPort()];
  const health = { healthPath: '/readyz' };
  const balancer = await startHaproxy(folder, [
    { name: places.http, port, mode: 'http', ...health, backends: backends.map(({ http }) => http) },
    { name: places.pos, port: posPort, mode: 'tcp', ...health, backends: backends.map(({ pos }) => pos) },
  ]);
  ground.onClose(() => balancer.stop());
  const signIns = demoSignIns(openSecrets({ masterKeyHex, dataDir: folder }));
  return { services, balancer, address: `http://127.0.0.1:${port}`, posPort, signIns };
}

/** Stopped with the ground, also when its start fails half way. */
export async function keep<Server extends Pick<ChaosPostgres, 'stop'>>(
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
