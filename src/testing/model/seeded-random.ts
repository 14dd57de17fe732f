/** Choices that a seed repeats: what a random test found is found again. */
export interface SeededRandom {
  /** A whole number from 0 to `below` - 1. */
  int(below: number): number;
  chance(percent: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
}

/** mulberry32: short, fast, and good enough to choose what a test does. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number) => Math.floor(next() * below);
  return {
    int,
    chance: (percent) => int(100) < percent,
    pick: (items) => {
      const item = items[int(items.length)];
      if (item === undefined) throw new RangeError('nothing to pick from');
      return item;
    },
  };
}
