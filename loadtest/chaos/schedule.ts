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
  /** The longest pause between two faults. */
  readonly pauseMaxMs: number;
  readonly tell: (fault: Fault, what: string) => void;
}

const faultsMax = 10_000;

/**
 * Lets faults happen one after the other until it is over: first each once, in an order of the seed's,
 * then any. Several tracks run beside each other, so faults of different servers overlap.
 */
export async function runTrack({ faults, random, isOver, pauseMaxMs, tell }: TrackOptions): Promise<void> {
  const first = shuffled(faults, random);
  for (let turn = 0; turn < faultsMax; turn++) {
    await sleep((0.3 + random.int(700) / 1_000) * pauseMaxMs);
    if (turn >= first.length && isOver()) return;
    const fault = first[turn] ?? random.pick(faults);
    tell(fault, await fault.run());
  }
}

function shuffled<Item>(items: readonly Item[], random: SeededRandom): Item[] {
  const rest = [...items];
  return items.map(() => rest.splice(random.int(rest.length), 1)[0] as Item);
}
