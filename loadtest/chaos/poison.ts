import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '#testing/model/seeded-random.ts';
import type { ChaosRedis, Hashes } from './servers/redis.ts';

export interface PoisonTools {
  readonly random: SeededRandom;
  /** Sends again what was answered under these keys; gives how many requests that were. */
  readonly repeatAll: (keys: ReadonlySet<string>) => Promise<number>;
}

/** How long the service may take to use Redis again after another fault: it leaves it alone for five seconds. */
const inUseLimitMs = 8_000;
const fieldsMin = 20;

/** Redis answers from another data set, in place or after a restart: everything it knows is asked for again. */
export async function poison(redis: ChaosRedis, { random, repeatAll }: PoisonTools): Promise<string> {
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

/** The same hashes and fields with values that are not theirs: of other fields, forged, halves, and rubbish. */
function poisoned(hashes: Hashes, random: SeededRandom): Hashes {
  return new Map([...hashes].map(([name, fields]) => [name, poisonedHash(fields, random)]));
}

function poisonedHash(
  fields: Readonly<Record<string, string>>,
  random: SeededRandom,
): Record<string, string> {
  const names = Object.keys(fields);
  const values = Object.values(fields);
  const shift = 1 + random.int(Math.max(1, names.length - 1));
  return Object.fromEntries(
    names.map((name, i) => {
      const other = values[(i + shift) % values.length] ?? '';
      return [name, wrongValue(fields[name] ?? '', other, random)];
    }),
  );
}

function wrongValue(own: string, other: string, random: SeededRandom): string {
  const turn = random.int(10);
  if (turn < 5) return other;
  if (turn < 8) return forged(own);
  if (turn < 9) return other.slice(0, random.int(other.length + 1));
  return random.pick([
    '',
    'null',
    '[]',
    '[1]',
    '{"status":"decided"}',
    '\u0000\uffff',
    '[1,2,3,4,5,6,7,8,9,10,11,12,13,14]',
  ]);
}

/** The outcome of the right request, declined where it was approved, and with another id. */
function forged(own: string): string {
  return own
    .replace(/"(\d{15,})"/, (_, id: string) => `"${BigInt(id) + 1n}"`)
    .replace(/,null,\[\[.*/, ',"card-lost",[]]');
}
