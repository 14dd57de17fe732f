import { type Cleared, clear, type Stale } from '#clearing/clear.ts';
import type { Decision } from '#clearing/outcome.ts';
import type { Request } from '#clearing/request.ts';
import type { LaneOptions } from './lane-options.ts';
import type { LaneSession } from './lane-session.ts';
import { attemptsMax, dropLate, type Pending } from './pending.ts';
import { afterFault } from './rules/faults.ts';

/** Clears groups on a lane's session, and gets over what goes wrong with it. */
export interface GroupRunner {
  /** Answers every request of the group, whatever happens on the way. */
  run(group: readonly Pending[]): Promise<void>;
  close(): Promise<void>;
}

const reconnectPauseMs = 200;

/** A group that fails runs again, on a new session if need be: what was committed is then found by its keys. */
export function groupRunner(options: LaneOptions, first: LaneSession): GroupRunner {
  let session: LaneSession | null = first;

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
    if (verdict === 'reconnect') await pause(reconnectPauseMs);
    return dropLate(group, options);
  };

  /** One bad request never takes its group down: each is cleared alone, and the bad one is answered as a fault. */
  const isolate = async (group: readonly Pending[], error: unknown): Promise<void> => {
    const [only] = group;
    if (group.length === 1) only?.reject(error);
    else for (const pending of group) await clearGroup(dropLate([pending], options));
  };

  /** What a failed commit left behind is read anew with the next session. */
  const dropSession = (error: unknown): void => {
    options.watch.fault(error);
    session?.connection.destroy();
    session = null;
  };

  return {
    run: clearGroup,
    close: async () => {
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

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
