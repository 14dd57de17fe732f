/** 0 closed: in use; 1 half open: one try decides; 2 open: left alone. The numbers are the metric's. */
export const breakerStates = { closed: 0, 'half-open': 1, open: 2 } as const;
export type BreakerState = keyof typeof breakerStates;

export interface BreakerOptions {
  /** This many failures one after another open it. */
  readonly failuresMax: number;
  /** How long it stays open before one try is let through. */
  readonly openMs: number;
  readonly onState: (state: BreakerState) => void;
}

/** Keeps a helper that fails from costing every caller its time-out. */
export interface Breaker {
  /** Whether a call may be made at this moment. */
  admits(nowMs: number): boolean;
  succeeded(): void;
  failed(nowMs: number): void;
}

export function circuitBreaker({ failuresMax, openMs, onState }: BreakerOptions): Breaker {
  let state: BreakerState = 'closed';
  let failures = 0;
  let openedAtMs = 0;
  const become = (next: BreakerState) => {
    if (next === state) return;
    state = next;
    onState(next);
  };
  return {
    admits: (nowMs) => {
      if (state === 'closed') return true;
      if (state === 'half-open' || nowMs - openedAtMs < openMs) return false;
      become('half-open');
      return true;
    },
    succeeded: () => {
      failures = 0;
      become('closed');
    },
    failed: (nowMs) => {
      failures += 1;
      if (state !== 'half-open' && failures < failuresMax) return;
      openedAtMs = nowMs;
      become('open');
    },
  };
}
