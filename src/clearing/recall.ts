import type { LaneOptions, Submitted } from '#clearing/lane/lane-options.ts';
import type { Shield } from '#idempotency/shield.ts';
import type { Answer, Decision } from './outcome.ts';
import type { Request } from './request.ts';
import { keptOutcome, recalledOutcome } from './rules/recalled.ts';

/** Redis before and after a group. */
export interface Recall {
  readonly recall: LaneOptions['recall'];
  /** Keeps what a committed group decided. */
  readonly keep: (requests: readonly Request[], decisions: readonly Decision[]) => void;
}

/** When more than one in twenty requests is a repeat, every request is looked up: a retry storm is on. */
const stormShare = 0.05;
/** When more than one in a hundred is one, every outcome is kept: in fair weather that would cost all and spare few. */
const keepShare = 0.01;
/** So many requests are looked back on; older ones count half, then a quarter, and so on. */
const lookBackRequests = 2_000;
/** A few repeats after a start are no storm yet: so many others are taken as seen. */
const firstRequests = 20;

/**
 * Looks up those who say they repeat; in a storm everybody. The rest goes to PostgreSQL, which knows. What was repeated
 * once is kept, since it may come again; the rest only while repeats are many.
 */
export function shieldRecall(shield: Shield): Recall {
  let seen = { repeats: 0, all: firstRequests };
  const observe = (repeats: number, all: number) => {
    seen = { repeats: seen.repeats + repeats, all: seen.all + all };
    if (seen.all > lookBackRequests) seen = { repeats: seen.repeats / 2, all: seen.all / 2 };
  };
  const isMore = (share: number) => seen.repeats > share * seen.all;
  return {
    recall: async (group) => {
      const asked = isMore(stormShare) ? group : group.filter((submitted) => submitted.isRepeat);
      const answers = new Map<Submitted, Answer>();
      if (asked.length === 0) return answers;
      const kept = await shield.recall(asked.map((submitted) => submitted.request.businessKey));
      for (const submitted of asked) {
        const text = kept.get(submitted.request.businessKey);
        const outcome = text === undefined ? null : recalledOutcome(text, submitted.request);
        if (outcome !== null) answers.set(submitted, outcome);
      }
      observe(answers.size, answers.size);
      return answers;
    },
    keep: (requests, decisions) => {
      const isRepeat = (decision: Decision) => decision.status === 'decided' && decision.replay;
      observe(decisions.filter(isRepeat).length, decisions.length);
      const keepsAll = isMore(keepShare);
      const outcomes = [];
      for (const [i, decision] of decisions.entries()) {
        if (decision.status !== 'decided' || !(keepsAll || decision.replay)) continue;
        // Kept without what it moved it would be taken for the whole, also once its day has come back.
        if (decision.isArchived === true) continue;
        const request = requests[i] as Request;
        outcomes.push({ key: request.businessKey, value: keptOutcome(request, decision) });
      }
      shield.remember(outcomes);
    },
  };
}
