import type { Log } from '#platform/log.ts';

/** Work that goes on by itself, a bounded part at a time. */
export interface Repeated {
  readonly pauseMs: number;
  /** Does one part; whether there may be more at once. The signal says that it is to stop. */
  readonly work: (signal: AbortSignal) => Promise<boolean>;
  /** What the log says of a round that failed. */
  readonly failed: string;
}

/** A schedule that runs. Stopping waits for the part that is under way. */
export interface Schedule {
  stop(): Promise<void>;
}

/** So many parts in a row may leave more behind; then the work waits for its next turn. */
const partsPerRoundMax = 200;

/**
 * Does the work again and again until it is stopped. A round that takes long is not overtaken by the next, so that
 * rounds never pile up; one that fails is logged, and the next comes.
 */
export function repeat(log: Log, { pauseMs, work, failed }: Repeated): Schedule {
  const stopping = new AbortController();
  const { signal } = stopping;
  const round = async () => {
    for (let part = 0; part < partsPerRoundMax && !signal.aborted; part++) if (!(await work(signal))) return;
  };
  let running: Promise<void> | null = null;
  const timer = setInterval(() => {
    running ??= round()
      .catch((error) => log.warn(failed, { error }))
      .finally(() => {
        running = null;
      });
  }, pauseMs);
  return {
    stop: async () => {
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}

/** Several schedules as one. */
export function together(schedules: readonly Schedule[]): Schedule {
  return {
    stop: async () => {
      await Promise.all(schedules.map((schedule) => schedule.stop()));
    },
  };
}
