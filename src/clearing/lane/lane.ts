import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '#clearing/outcome.ts';
import { gather } from './gather.ts';
import { groupRunner } from './group-runner.ts';
import type { LaneOptions, Submitted } from './lane-options.ts';
import type { LaneSession } from './lane-session.ts';
import { dropLate, isLate, type Pending, retryAfterSeconds } from './pending.ts';

export interface Lane {
  submit(submitted: Submitted): Promise<Answer>;
  queueLength(): number;
  /** Clears what is queued, then gives the lane back. */
  close(): Promise<void>;
}

const sweepMs = 200;

/**
 * One lane: while a group commits, the next gathers, and in a stream of requests a few milliseconds longer. A lone
 * request waits for no timer: it goes at the end of the event loop's turn in which it came.
 */
export function openLane(options: LaneOptions, first: LaneSession): Lane {
  const queue: Pending[] = [];
  const runner = groupRunner(options, first);
  let draining: Promise<void> | null = null;
  let last = { size: 0, beganAtMs: 0 };

  const gathering = {
    sizeMax: options.groupSizeMax,
    queued: () => queue.length,
    now: () => performance.now(),
    pause: () => sleep(1),
  };
  const drain = async () => {
    const sweep = setInterval(dropLateQueued, sweepMs);
    while (queue.length > 0) {
      await gather({ ...gathering, last });
      const group = dropLate(queue.splice(0, options.groupSizeMax), options);
      last = { size: group.length, beganAtMs: performance.now() };
      // Whatever fails here that was not foreseen: its requests are answered, and the lane goes on.
      await clearUnknown(group).catch((error) => {
        for (const pending of group) pending.reject(error);
      });
    }
    clearInterval(sweep);
    draining = null;
  };

  /** A group that takes long must not make the queue wait past its time; the oldest stands first. */
  const dropLateQueued = () => {
    const [oldest] = queue;
    if (oldest !== undefined && isLate(oldest, options))
      queue.splice(0, queue.length, ...dropLate(queue, options));
  };

  /** Clears those of a group whose outcome Redis does not know. */
  const clearUnknown = async (group: readonly Pending[]): Promise<void> => {
    const recalled = await options.recall(group);
    if (recalled.size > 0) options.watch.answeredEarly('recalled', recalled.size);
    await runner.run(group.filter((pending) => !answerFrom(recalled, pending)));
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
      await runner.close();
    },
  };
}

function answerFrom(recalled: ReadonlyMap<Submitted, Answer>, pending: Pending): boolean {
  const answer = recalled.get(pending);
  if (answer === undefined) return false;
  pending.resolve(answer);
  return true;
}
