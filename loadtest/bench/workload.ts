/**
 * The traffic of every part: the same payments for every way of clearing them. A payment follows from its
 * number, so what must come out (who is declined, who is a repeat) is known without asking anybody.
 */
export const traffic = {
  cards: 100_000,
  merchants: 1_000,
  /** Every two-hundredth request is sent twice. */
  repeatEvery: 200,
  openingFen: 1_000_000n,
} as const;

export interface Payment {
  readonly n: number;
  /** From 0 on. */
  readonly card: number;
  /** 1 to traffic.merchants. */
  readonly merchant: number;
  readonly amountFen: number;
}

/** Cards from here on have no money: one in a hundred, so one payment in a hundred is declined. */
export const poorFrom = (cards: number) => Math.floor(cards * 0.99);

/** Payment number n: cards are uniform, merchants are Zipf (s = 1), 1 to 9.99 yuan. */
export function paymentOf(n: number, cards: number = traffic.cards): Payment {
  return {
    n,
    card: scramble(n, 1) % cards,
    merchant: zipfMerchant(scramble(n, 2) / 2 ** 32),
    amountFen: 100 + (scramble(n, 3) % 900),
  };
}

export function isPoor({ card }: Payment, cards: number = traffic.cards): boolean {
  return card >= poorFrom(cards);
}

/** Whether the n-th request is the one before of the same sender, sent again. */
export function isRepeat(n: number): boolean {
  return n % traffic.repeatEvery === traffic.repeatEvery - 1;
}

/** Numbers for the requests of all parts together: no two payments of a run have the same. */
export interface Sequence {
  /** Gives `count` numbers away and returns the first. */
  take(count: number): number;
}

export function startSequence(): Sequence {
  let next = 0;
  return {
    take: (count) => {
      const first = next;
      next += count;
      return first;
    },
  };
}

/** The money in the books of a town of so many cards at the start, and at every moment after. */
export const openingTotalFen = (cards: number = traffic.cards) =>
  traffic.openingFen * BigInt(poorFrom(cards));

const traceNumbers = 1_000_000;
const firstDayMs = Date.UTC(2026, 10, 22);
const days = new Map<number, string>();

/** Trace numbers have six digits; beyond a million the terminals' local date moves on. */
export function traceOf(n: number): { readonly traceNumber: number; readonly localDate: string } {
  const day = Math.floor(n / traceNumbers);
  let localDate = days.get(day);
  if (localDate === undefined) {
    localDate = new Date(firstDayMs + day * 86_400_000).toISOString().slice(0, 10);
    days.set(day, localDate);
  }
  return { traceNumber: n % traceNumbers, localDate };
}

// The finish of MurmurHash3: neighbouring numbers give values that have nothing to do with each other.
function scramble(n: number, stream: number): number {
  let h = (Math.imul(n + 1, 0x9e3779b1) ^ Math.imul(stream, 0x85ebca77)) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

const zipfBounds = boundsOf(traffic.merchants);

function boundsOf(merchants: number): Float64Array {
  const bounds = new Float64Array(merchants);
  let sum = 0;
  for (let rank = 1; rank <= merchants; rank++) {
    sum += 1 / rank;
    bounds[rank - 1] = sum;
  }
  return bounds.map((bound) => bound / sum);
}

function zipfMerchant(share: number): number {
  let low = 0;
  let high = zipfBounds.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((zipfBounds[middle] as number) > share) high = middle;
    else low = middle + 1;
  }
  return low + 1;
}
