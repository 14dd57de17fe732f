import type { Answer, Decision } from '#clearing/outcome.ts';
import type { ReferenceKeeper } from '#clearing/reference.ts';
import type { Request } from '#clearing/request.ts';
import type { LaneSession } from './lane-session.ts';

/** What a lane tells whoever watches it. */
interface LaneWatch {
  groupCleared(group: {
    readonly size: number;
    readonly durationMs: number;
    readonly requests: readonly Request[];
    /** One per request, in their order. */
    readonly decisions: readonly Decision[];
  }): void;
  groupRunAgain(reason: string): void;
  /** Requests that were answered without a group: by what Redis kept, or because the queue is full. */
  answeredEarly(why: 'recalled' | 'busy', count: number): void;
  fault(error: unknown): void;
}

export interface LaneOptions {
  readonly openSession: () => Promise<LaneSession>;
  readonly reference: ReferenceKeeper;
  readonly clock: (authorityNowMs: number) => number;
  readonly groupSizeMax: number;
  readonly queueLengthMax: number;
  /** How long a request waits for its answer, in the queue and through faults. */
  readonly requestTimeoutMs: number;
  /** How long one group may take before its connection is given up. */
  readonly groupTimeoutMs: number;
  readonly watch: LaneWatch;
  /** Answers what is already known to be finished; the rest is cleared. */
  readonly recall: (requests: readonly Submitted[]) => Promise<Map<Submitted, Answer>>;
}

/** A request on its way, and whether its sender says that it is a repeat. */
export interface Submitted {
  readonly request: Request;
  readonly isRepeat: boolean;
}
