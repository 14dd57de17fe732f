import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '#testing/model/seeded-random.ts';

/** Something that goes wrong, and is made good again before `run` returns. */
export interface Fault {
  /** What it is counted as: "postgres kill". */
  readonly name: string;
  /** Does it; gives what happened, in words. */
  run(): Promise<string>;
}

export interface TrackOptions {
  readonly faults: readonly Fault[];
  readonly random: SeededRandom;
  readonly isOver: () => boolean;
  /** The run was cut short: not even the first round is finished. */
  readonly isCut: () => boolean;
  /** Chooses the next fault, once each has happened. */
  readonly pick: (faults: readonly Fault[], random: SeededRandom) => Fault;
  /** The longest pause between two faults. */
  readonly pauseMaxMs: number;
  readonly tell: (fault: Fault, what: string) => void;
}

const faultsMax = 10_000;
const sliceMs = 250;

/**
 * Lets faults happen one after the other until it is over: first each once, in an order of the seed's,
 * then any. Several tracks run beside each other, so faults of different servers overlap.
 */
export async function runTrack(options: TrackOptions): Promise<void> {
  const { faults, random, isOver, isCut, pick, pauseMaxMs, tell } = options;
  const first = shuffled(faults, random);
  for (let turn = 0; turn < faultsMax; turn++) {
    const isEnough = () => isCut() || (turn >= first.length && isOver());
    await pause((0.3 + random.int(700) / 1_000) * pauseMaxMs, isEnough);
    if (isEnough()) return;
    const fault = first[turn] ?? pick(faults, random);
    tell(fault, await fault.run());
  }
}

async function pause(ms: number, isEnough: () => boolean): Promise<void> {
  const until = performance.now() + ms;
  for (let left = ms; left > 0 && !isEnough(); left = until - performance.now())
    await sleep(Math.min(left, sliceMs));
}

function shuffled<Item>(items: readonly Item[], random: SeededRandom): Item[] {
  const rest = [...items];
  return items.map(() => rest.splice(random.int(rest.length), 1)[0] as Item);
}
