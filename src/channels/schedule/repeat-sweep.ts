import type { Log } from '#platform/log.ts';

/** Something that is tidied up every few seconds. */
export interface Sweep {
  readonly pauseMs: number;
  /** Tidies up a bounded part; whether there may be more. */
  readonly sweep: () => Promise<boolean>;
  /** What the log says of a sweep that failed. */
  readonly failed: string;
}

/** Sweeps again and again until it is stopped, one round after the other. A round that fails is logged, and the next comes. */
export function repeatSweep(log: Log, { pauseMs, sweep, failed }: Sweep): { stop(): Promise<void> } {
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  const round = async () => {
    try {
      while (!stopped && (await sweep()));
    } catch (error) {
      log.warn(failed, { error });
    }
  };
  const timer = setInterval(() => {
    running = running.then(() => (stopped ? undefined : round()));
  }, pauseMs);
  return {
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
