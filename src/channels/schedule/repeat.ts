import type { Log } from '#platform/log.ts';
import { goneReason, isServerGone } from '#platform/rules/server-gone.ts';
import { pauseAfter } from './rules/pause-after.ts';

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
 * rounds never pile up. While rounds fail the next ones come later and later, up to a limit; the log says that it
 * began, and says it again only where the reason is another, and says when it is over.
 */
export function repeat(log: Log, { pauseMs, work, failed }: Repeated): Schedule {
  const stopping = new AbortController();
  const { signal } = stopping;
  const round = async () => {
    for (let part = 0; part < partsPerRoundMax && !signal.aborted; part++) if (!(await work(signal))) return;
  };
  const said = sayingOnce(log, failed);
  let failures = 0;
  let running: Promise<void> | null = null;
  let timer: NodeJS.Timeout;
  const turn = () => {
    const startedMs = performance.now();
    running = round()
      .then(
        () => {
          if (failures > 0) said.works(failures);
          failures = 0;
        },
        (error) => {
          failures += 1;
          said.fails(error);
        },
      )
      .finally(() => {
        running = null;
        if (!signal.aborted) next(performance.now() - startedMs);
      });
  };
  /** Turns keep their beat; one that would fall into the round before is left out. */
  const next = (tookMs: number) => {
    const pause = pauseAfter({ pauseMs, failures });
    timer = setTimeout(turn, pause - (tookMs % pause));
  };
  next(0);
  return {
    stop: async () => {
      clearTimeout(timer);
      stopping.abort();
      await running;
    },
  };
}

/** The lines of one schedule: one when it begins to fail, one for each other reason, one when it works again. */
function sayingOnce(log: Log, failed: string) {
  let reason: string | null = null;
  return {
    fails: (error: unknown) => {
      const gone = isServerGone(error);
      const now = gone ? 'server gone' : String(error);
      if (now === reason) return;
      reason = now;
      log.warn(failed, gone ? { reason: goneReason(error) } : { error });
    },
    works: (failures: number) => {
      reason = null;
      log.info(`it works again: ${failed}`, { failures });
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
