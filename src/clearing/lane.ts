import { type Cleared, clear, type Stale } from './clear.ts';
import type { LaneSession } from './lane-session.ts';
import type { Answer, Decision } from './outcome.ts';
import type { ReferenceKeeper } from './reference.ts';
import type { Request } from './request.ts';
import { afterFault } from './rules/faults.ts';

/** What a lane tells whoever watches it. */
export interface LaneWatch {
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

interface Pending extends Submitted {
  readonly arrivedAtMs: number;
  attempts: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

export interface Lane {
  submit(submitted: Submitted): Promise<Answer>;
  queueLength(): number;
  /** Clears what is queued, then gives the lane back. */
  close(): Promise<void>;
}

const attemptsMax = 12;
const reconnectPauseMs = 200;
const retryAfterSeconds = 1;

/**
 * One lane: while a group commits, the next gathers. There is no timer: a lone request goes at the end of the
 * event loop's turn in which it came.
 */
export function openLane(options: LaneOptions, first: LaneSession): Lane {
  const queue: Pending[] = [];
  let session: LaneSession | null = first;
  let draining: Promise<void> | null = null;

  const drain = async () => {
    while (queue.length > 0) {
      const group = dropLate(queue.splice(0, options.groupSizeMax), options);
      // Whatever fails here that was not foreseen: its requests are answered, and the lane goes on.
      await clearUnknown(group).catch((error) => {
        for (const pending of group) pending.reject(error);
      });
    }
    draining = null;
  };

  /** Clears those of a group whose outcome Redis does not know. */
  const clearUnknown = async (group: readonly Pending[]): Promise<void> => {
    const recalled = await options.recall(group);
    if (recalled.size > 0) options.watch.answeredEarly('recalled', recalled.size);
    await clearGroup(group.filter((pending) => !answerFrom(recalled, pending)));
  };

  const clearGroup = async (group: readonly Pending[]): Promise<void> => {
    let waiting = [...group];
    while (waiting.length > 0) {
      for (const pending of waiting) pending.attempts += 1;
      try {
        session ??= await options.openSession();
        const decisions = await attempt(session, waiting, options);
        for (const [i, pending] of waiting.entries()) pending.resolve(decisions[i] as Decision);
        return;
      } catch (error) {
        waiting = await afterFailure(waiting, error);
      }
    }
  };

  /** Those of a failed group that are to be cleared again. */
  const afterFailure = async (group: Pending[], error: unknown): Promise<Pending[]> => {
    const verdict = afterFault((error as { code?: string }).code, session?.connection.isOpen() ?? false);
    options.watch.groupRunAgain(verdict);
    if (verdict !== 'run-again') dropSession(error);
    if (verdict === 'isolate') {
      await isolate(group, error);
      return [];
    }
    if (verdict === 'reconnect') {
      await pause(reconnectPauseMs);
      queue.splice(0, queue.length, ...dropLate(queue, options));
    }
    return dropLate(group, options);
  };

  /** One bad request never takes its group down: each is cleared alone, and the bad one is answered as a fault. */
  const isolate = async (group: readonly Pending[], error: unknown): Promise<void> => {
    const [only] = group;
    if (group.length === 1) only?.reject(error);
    else for (const pending of group) await clearGroup([pending]);
  };

  /** What a failed commit left behind is read anew with the next session. */
  const dropSession = (error: unknown): void => {
    options.watch.fault(error);
    session?.connection.destroy();
    session = null;
  };

  return {
    submit: ({ request, isRepeat }) => {
      if (queue.length >= options.queueLengthMax) {
        options.watch.answeredEarly('busy', 1);
        return Promise.resolve({ status: 'busy', retryAfterSeconds });
      }
      return new Promise<Answer>((resolve, reject) => {
        queue.push({ request, isRepeat, arrivedAtMs: performance.now(), attempts: 0, resolve, reject });
        draining ??= new Promise((turn) => setImmediate(turn)).then(drain);
      });
    },
    queueLength: () => queue.length,
    close: async () => {
      while (draining !== null) await draining;
      await session?.connection.end().catch(() => undefined);
      session = null;
    },
  };
}

async function attempt(
  session: LaneSession,
  group: readonly Pending[],
  options: LaneOptions,
): Promise<readonly Decision[]> {
  const startedAtMs = performance.now();
  // A frozen server answers nothing, not even an error: only giving up the connection ends the wait.
  const watchdog = setTimeout(() => session.connection.destroy(), options.groupTimeoutMs);
  try {
    const requests = group.map((pending) => pending.request);
    const cleared = await clearFresh(session, requests, options);
    session.head = cleared.head;
    const durationMs = performance.now() - startedAtMs;
    options.watch.groupCleared({ size: group.length, durationMs, requests, decisions: cleared.decisions });
    return cleared.decisions;
  } finally {
    clearTimeout(watchdog);
  }
}

async function clearFresh(
  session: LaneSession,
  requests: readonly Request[],
  options: LaneOptions,
): Promise<Cleared> {
  const { lane, head, connection } = session;
  let reference = options.reference.current();
  for (let reloads = 0; reloads < attemptsMax; reloads++) {
    const cleared: Cleared | Stale = await clear(connection, requests, {
      lane,
      head,
      reference,
      clock: options.clock,
    });
    if (!('staleFor' in cleared)) return cleared;
    reference = await options.reference.reload();
  }
  throw new Error('the reference data changed faster than it could be read');
}

/** Answers those who waited too long: busy if nothing was tried yet, unknown if something was. */
function dropLate(group: readonly Pending[], options: LaneOptions): Pending[] {
  const now = performance.now();
  return group.filter((pending) => {
    const late = now - pending.arrivedAtMs > options.requestTimeoutMs || pending.attempts >= attemptsMax;
    if (late)
      pending.resolve(pending.attempts === 0 ? { status: 'busy', retryAfterSeconds } : { status: 'unknown' });
    return !late;
  });
}

function answerFrom(recalled: ReadonlyMap<Submitted, Answer>, pending: Pending): boolean {
  const answer = recalled.get(pending);
  if (answer === undefined) return false;
  pending.resolve(answer);
  return true;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
