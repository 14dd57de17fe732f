import type { NotReady } from '#channels/http/parts.ts';

/** Whether traffic should come here, and for how long it still may while we go. */
export interface Readiness {
  /** Null when it may come. Whoever asks is a balancer, who will hear of it when we go. */
  whyNot(): NotReady | null;
  /** From now on traffic should go elsewhere. Resolves when whoever sends it has had time to see that. */
  drain(): Promise<void>;
  /** Ends the waiting of `drain`. */
  hasten(): void;
}

export interface ReadinessParts {
  readonly drainMs: number;
  readonly isClockWrong: () => boolean;
  /** Milliseconds of a clock that only goes forward. */
  readonly nowMs: () => number;
}

/** Whoever has not asked for so long is not looking: nobody has to be waited for. */
const askedWithinMs = 60_000;

export function openReadiness({ drainMs, isClockWrong, nowMs }: ReadinessParts): Readiness {
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let isDraining = false;
  let hasten = () => undefined as undefined;
  const hastened = new Promise<void>((resolve) => {
    hasten = () => {
      resolve();
    };
  });
  return {
    whyNot: () => {
      askedAtMs = nowMs();
      if (isDraining) return 'draining';
      return isClockWrong() ? 'clock-skew' : null;
    },
    drain: async () => {
      isDraining = true;
      if (nowMs() - askedAtMs > askedWithinMs) return;
      let timer: NodeJS.Timeout | undefined;
      const noticed = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, drainMs);
      });
      await Promise.race([noticed, hastened]);
      clearTimeout(timer);
    },
    hasten: () => hasten(),
  };
}
