import { percentiles } from '#loadtest/bench/figures/measured.ts';

/** Payments at a fixed rate, whatever the answers take. */
export interface OpenLoad {
  /** What was due in a window of the process's own clock, once all of it is answered. */
  window(fromMs: number, toMs: number): WindowFigures;
  /** No more payments; waits for the answers of those that were sent. */
  finish(): Promise<void>;
}

export interface WindowFigures {
  readonly payments: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The longest that a payment waited, from when it was due. */
  readonly longestMs: number;
  /** The longest time without any answer. */
  readonly longestGapMs: number;
}

/**
 * Sends a payment whenever one is due. Its time is counted from when it was due, not from when it was sent: a pause
 * that keeps the load itself from sending counts too.
 */
export function startOpenLoad(of: {
  readonly perSecond: number;
  readonly secondsMax: number;
  readonly pay: () => Promise<void>;
}): OpenLoad {
  const max = Math.ceil(of.perSecond * of.secondsMax);
  const answeredAt = new Float64Array(max);
  const startedAtMs = performance.now();
  const dueAt = (n: number) => startedAtMs + (n * 1_000) / of.perSecond;
  let sent = 0;
  let failure: unknown = null;
  const underWay = new Set<Promise<void>>();
  const send = (n: number) => {
    const paid = of.pay().then(
      () => {
        answeredAt[n] = performance.now();
      },
      (error: unknown) => {
        failure ??= error;
      },
    );
    underWay.add(paid);
    void paid.then(() => underWay.delete(paid));
  };
  const timer = setInterval(() => {
    const now = performance.now();
    while (sent < max && dueAt(sent) <= now) send(sent++);
  }, 1);
  const rethrow = () => {
    if (failure !== null) throw failure;
  };
  return {
    finish: async () => {
      clearInterval(timer);
      await Promise.all(underWay);
      rethrow();
    },
    window: (fromMs, toMs) => {
      const first = Math.max(0, Math.ceil(((fromMs - startedAtMs) * of.perSecond) / 1_000));
      const last = Math.min(sent, Math.ceil(((toMs - startedAtMs) * of.perSecond) / 1_000));
      const answers = [...answeredAt.subarray(first, last)];
      const waits = Float64Array.from(answers, (at, i) => at - dueAt(first + i));
      return {
        payments: waits.length,
        ...percentiles(waits),
        longestMs: waits.at(-1) ?? 0,
        longestGapMs: longestGap(answeredAt.subarray(0, sent).filter((at) => at >= fromMs && at <= toMs)),
      };
    },
  };
}

/** The longest time between two neighbours in time. */
function longestGap(times: Float64Array): number {
  times.sort();
  let longest = 0;
  for (let i = 1; i < times.length; i++)
    longest = Math.max(longest, (times[i] as number) - (times[i - 1] as number));
  return longest;
}
