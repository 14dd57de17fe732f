import { type Lane, openLane } from '#clearing/lane/lane.ts';
import type { LaneOptions, Submitted } from '#clearing/lane/lane-options.ts';
import { openLaneSession } from '#clearing/lane/lane-session.ts';
import { type InFlight, inFlight } from '#idempotency/in-flight.ts';
import type { Pool } from '#platform/postgres.ts';
import { sessionOf } from '#platform/postgres.ts';
import type { Answer } from './outcome.ts';
import { keepReference, type ReferenceKeeper } from './reference.ts';
import { sameRequest } from './rules/repeat.ts';

export interface ClearingOptions {
  readonly url: string;
  readonly pool: Pool;
  readonly lanes: number;
  readonly groupSizeMax: number;
  readonly queueLengthMax: number;
  readonly requestTimeoutMs: number;
  readonly groupTimeoutMs: number;
  readonly watch: LaneOptions['watch'];
  readonly recall?: LaneOptions['recall'];
  /** From so many requests under way on, more than one lane is used. */
  readonly spreadFrom?: number;
  /** For tests: the time decided by, given the database's. */
  readonly clock?: LaneOptions['clock'];
}

/** The one path. Every channel hands its requests in here. */
export interface Clearing {
  submit(submitted: Submitted): Promise<Answer>;
  readonly reference: ReferenceKeeper;
  /** The queue of each lane, for metrics. */
  queueLengths(): number[];
  close(): Promise<void>;
}

/** From so many requests under way on, more than one lane pays (measured: a group costs a millisecond to itself). */
const spreadFromDefault = 64;

/** Opens the lanes of this instance. Under load a card account always takes the same lane of an instance. */
export async function openClearing(options: ClearingOptions): Promise<Clearing> {
  const reference = await keepReference(sessionOf(options.pool));
  const openSession = () => openLaneSession(options);
  const lanes: Lane[] = [];
  const laneOptions = {
    ...options,
    openSession,
    reference,
    clock: options.clock ?? ((nowMs) => nowMs),
    recall: options.recall ?? (async () => new Map()),
  };
  try {
    for (let i = 0; i < options.lanes; i++) lanes.push(openLane(laneOptions, await openSession()));
  } catch (error) {
    // What was opened is given back: another instance may need the lanes.
    await Promise.all(lanes.map((lane) => lane.close()));
    throw error;
  }
  const limits = {
    waitersMax: 8,
    waitMs: options.requestTimeoutMs,
    tooLong: { status: 'in-flight' },
  } as const;
  const underway: InFlight<Submitted, Answer> = inFlight({
    ...limits,
    key: ({ request }) => request.callerKey ?? request.businessKey,
  });
  const traces: InFlight<Submitted, Answer> = inFlight({
    ...limits,
    key: ({ request }) => request.businessKey,
  });
  const laneCount = BigInt(options.lanes);
  // While little is under way one lane takes it all: a group has its price whatever its size, and two half
  // groups cost nearly twice. A card that is in two lanes for a moment waits for its row, as between instances.
  const enqueue = (submitted: Submitted) => {
    const isQuiet = underway.count() < (options.spreadFrom ?? spreadFromDefault);
    const lane = isQuiet ? lanes[0] : lanes[Number(submitted.request.card.cardAccountId % laneCount)];
    if (lane === undefined) throw new RangeError('an instance has at least one lane');
    return lane.submit(submitted);
  };
  // The same trace under another key waits too, and is then judged by what the books know: of two cards in two
  // lanes the unique indexes, which hold the bucket, would let both through.
  const enqueueOnce = async (submitted: Submitted): Promise<Answer> => {
    const sameTrace = traces.firstOf(submitted);
    if (sameTrace === null) return traces.run(submitted, () => enqueue(submitted));
    const answer = await sameTrace.answer;
    return answer.status === 'in-flight' ? answer : enqueue(submitted);
  };
  return {
    submit: async (submitted) => {
      const first = underway.firstOf(submitted);
      if (first === null) return underway.run(submitted, () => enqueueOnce(submitted));
      const answer = await first.answer;
      if (answer.status === 'decided') return sameRequest(submitted.request, first.item.request, answer);
      // That the first reused the key of an earlier request says nothing about this one: it may be the true repeat.
      return answer.status === 'key-reused' ? enqueue(submitted) : answer;
    },
    reference,
    queueLengths: () => lanes.map((lane) => lane.queueLength()),
    close: async () => {
      await Promise.all(lanes.map((lane) => lane.close()));
    },
  };
}
