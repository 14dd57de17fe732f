import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '#testing/model/seeded-random.ts';
import { poisoned } from './poison.ts';
import type { Fault } from './schedule.ts';
import type { ChaosPostgres } from './servers/postgres.ts';
import type { ChaosRedis, Hashes } from './servers/redis.ts';
import type { ChaosService } from './servers/service.ts';

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
        const ended = await postgres.terminate(isLane ? 'one-card lane' : 'one-card');
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

export interface RedisFaultTools extends FaultTools {
  /** Sends again what was answered under these keys. */
  readonly repeatAll: (keys: ReadonlySet<string>) => Promise<number>;
}

/** Redis dies, stops answering, forgets, or says what is not so. */
export function redisFaults(redis: ChaosRedis, tools: RedisFaultTools): Fault[] {
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

/** How long the service may take to use Redis again after another fault: it leaves it alone for five seconds. */
const inUseLimitMs = 8_000;
const fieldsMin = 20;

/** Redis answers from another data set, in place or after a restart: everything it knows is asked for again. */
async function poison(redis: ChaosRedis, { random, repeatAll }: RedisFaultTools): Promise<string> {
  const held = await within(inUseLimitMs, {
    look: redis.read,
    isEnough: (hashes) => fieldsOf(hashes) >= fieldsMin,
  });
  if (random.chance(50)) {
    await redis.kill();
    await redis.restart();
  }
  const wrong = poisoned(held, random);
  const before = await redis.lookUps();
  await redis.write(wrong);
  await within(inUseLimitMs, { look: redis.lookUps, isEnough: (count) => count > before });
  const repeated = await repeatAll(new Set([...wrong.values()].flatMap((fields) => Object.keys(fields))));
  const lookUps = (await redis.lookUps()) - before;
  return `${fieldsOf(wrong)} fields with values that are not theirs: ${repeated} repeats, ${lookUps} look-ups`;
}

function fieldsOf(hashes: Hashes): number {
  return [...hashes.values()].reduce((sum, fields) => sum + Object.keys(fields).length, 0);
}

/** Looks until it is enough or the time is over; gives what was seen last. */
async function within<Seen>(
  limitMs: number,
  { look, isEnough }: { look: () => Promise<Seen>; isEnough: (seen: Seen) => boolean },
): Promise<Seen> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    await sleep(300);
    const seen = await look();
    if (isEnough(seen) || performance.now() > deadline) return seen;
  }
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
