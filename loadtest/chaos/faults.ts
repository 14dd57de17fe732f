import { setTimeout as sleep } from 'node:timers/promises';
import { sessionName } from '#platform/schema/rules/generation.ts';
import type { SeededRandom } from '#testing/model/seeded-random.ts';
import { type PoisonTools, poison } from './poison.ts';
import type { Fault } from './schedule.ts';
import type { ChaosService } from './servers/instance.ts';
import type { ChaosPostgres } from './servers/postgres.ts';
import type { ChaosRedis } from './servers/redis.ts';

export interface FaultTools {
  readonly random: SeededRandom;
  /** The longest freeze. */
  readonly freezeMaxMs: number;
}

/** PostgreSQL dies, stops answering, or ends the sessions of the service. */
export function postgresFaults(postgres: ChaosPostgres, { random, freezeMaxMs }: FaultTools): Fault[] {
  return [
    {
      name: 'postgres kill',
      run: async () => {
        const all = random.chance(50);
        await postgres.kill(all);
        const downMs = random.int(1_000);
        await sleep(downMs);
        await postgres.restart();
        return `killed (${all ? 'every process' : 'the postmaster'}), started again after ${downMs} ms`;
      },
    },
    {
      name: 'postgres freeze',
      run: () => frozen(postgres, 200 + random.int(freezeMaxMs)),
    },
    {
      name: 'postgres sessions ended',
      run: async () => {
        const isLane = random.chance(70);
        const ended = await postgres.terminate(sessionName(isLane ? 'lane' : 'pool'));
        return `${ended} ${isLane ? 'lane' : 'pool'} sessions ended`;
      },
    },
  ];
}

/** An instance dies, is stopped for an update, or freezes, with requests half done and locks held. */
export function serviceFaults(services: readonly ChaosService[], tools: FaultTools): Fault[] {
  const { random, freezeMaxMs } = tools;
  return [
    {
      name: 'service kill',
      run: () => restarted(random.pick(services), 'SIGKILL'),
    },
    {
      name: 'service stop',
      run: () => restarted(random.pick(services), 'SIGTERM'),
    },
    {
      name: 'service freeze',
      run: async () => {
        const service = random.pick(services);
        return `${service.name} ${await frozen(service, 200 + random.int(freezeMaxMs))}`;
      },
    },
  ];
}

async function restarted(service: ChaosService, how: 'SIGKILL' | 'SIGTERM'): Promise<string> {
  const startedAtMs = performance.now();
  const starts = await service.restart(how);
  const ms = Math.round(performance.now() - startedAtMs);
  const ended = how === 'SIGKILL' ? 'killed' : 'stopped';
  return `${service.name} ${ended}, ready again after ${ms} ms and ${starts} start${starts === 1 ? '' : 's'}`;
}

/** Redis dies, stops answering, forgets, or says what is not so. */
export function redisFaults(redis: ChaosRedis, tools: FaultTools & PoisonTools): Fault[] {
  const { random, freezeMaxMs } = tools;
  const killed = async (downMs: number) => {
    await redis.kill();
    await sleep(downMs);
    await redis.restart();
  };
  return [
    {
      name: 'redis kill',
      run: async () => {
        const downMs = random.int(1_500);
        await killed(downMs);
        return `killed, started again after ${downMs} ms`;
      },
    },
    { name: 'redis freeze', run: () => frozen(redis, 100 + random.int(freezeMaxMs)) },
    {
      name: 'redis flush',
      run: async () => {
        await redis.flush();
        return 'flushed';
      },
    },
    { name: 'redis poison', run: () => poison(redis, tools) },
  ];
}

async function frozen(what: { freeze(): void; thaw(): void }, ms: number): Promise<string> {
  what.freeze();
  try {
    await sleep(ms);
  } finally {
    what.thaw();
  }
  return `frozen for ${ms} ms`;
}
