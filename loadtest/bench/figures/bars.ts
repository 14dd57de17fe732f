import type { Measured } from './measured.ts';

/** The figures of a run: the median of each over the rounds. */
export type Figures = ReadonlyMap<string, Measured>;

/** A bar we hold ourselves to: this part is at least so many times that one. */
interface Bar {
  readonly says: string;
  readonly fast: string;
  /** One of these; the best of them counts. */
  readonly slow: readonly string[];
  readonly atLeast: number;
}

export interface BarResult {
  readonly says: string;
  readonly ratio: number;
  readonly atLeast: number;
  readonly met: boolean;
}

const usualParts = ['a1', 'a8', 'a32'];

const bars: readonly Bar[] = [
  { says: 'ours at 512 against the usual way at its best', fast: 'b512', slow: usualParts, atLeast: 20 },
  { says: 'ours at 8 against the usual way at 8', fast: 'b8', slow: ['a8'], atLeast: 5 },
  { says: 'ours at 1 against the usual way at 1', fast: 'b1', slow: ['a1'], atLeast: 1 },
  { says: 'ours at 512 against inserting the rows only', fast: 'b512', slow: ['c'], atLeast: 0.4 },
  { says: 'all traffic to one participant, against spread', fast: 'd', slow: ['b512'], atLeast: 0.85 },
  { says: 'our HTTP against the usual HTTP service', fast: 'e', slow: ['f'], atLeast: 15 },
  { says: 'our HTTP against an echo', fast: 'e', slow: ['echo'], atLeast: 0.5 },
  { says: 'our HTTP with Redis against without', fast: 'r', slow: ['e'], atLeast: 0.95 },
  { says: 'our ISO 8583 over TCP against the usual HTTP service', fast: 't', slow: ['f'], atLeast: 40 },
  { says: 'the same through concentrators', fast: 'tn', slow: ['f'], atLeast: 40 },
  { says: 'our ISO 8583 with Redis against without', fast: 'tr', slow: ['t'], atLeast: 0.95 },
];

/** The bars of which both sides were measured. */
export function judgeBars(figures: Figures): BarResult[] {
  return bars.flatMap(({ says, fast, slow, atLeast }) => {
    const ours = figures.get(fast)?.perSecond;
    const theirs = bestOf(figures, slow);
    if (ours === undefined || theirs === undefined) return [];
    const ratio = ours / theirs;
    return [{ says, ratio, atLeast, met: ratio >= atLeast }];
  });
}

function bestOf(figures: Figures, parts: readonly string[]): number | undefined {
  const measured = parts.flatMap((part) => figures.get(part)?.perSecond ?? []);
  return measured.length === parts.length ? Math.max(...measured) : undefined;
}

/** The median of each figure over the rounds. */
export function medianOf(rounds: readonly Measured[]): Measured {
  const [first] = rounds;
  if (first === undefined) throw new RangeError('a median of nothing');
  const median = (figure: (round: Measured) => number) => {
    const sorted = rounds.map(figure).sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    const upper = sorted[middle] ?? 0;
    return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
  };
  return {
    payments: median((round) => round.payments),
    seconds: median((round) => round.seconds),
    perSecond: median((round) => round.perSecond),
    p50Ms: median((round) => round.p50Ms),
    p99Ms: median((round) => round.p99Ms),
    declined: median((round) => round.declined),
    declinedDue: median((round) => round.declinedDue),
    replayed: median((round) => round.replayed),
    replayedDue: median((round) => round.replayedDue),
    groupSize: first.groupSize === null ? null : median((round) => round.groupSize ?? 0),
    loadUs: first.loadUs === null ? null : median((round) => round.loadUs ?? 0),
    postgresUs: median((round) => round.postgresUs),
    nodeUs: median((round) => round.nodeUs),
    redisUs: median((round) => round.redisUs),
  };
}
