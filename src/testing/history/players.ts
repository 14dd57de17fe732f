import { type Clearing, openClearing } from '#clearing/open.ts';
import type { Answer, Outcome } from '#clearing/outcome.ts';
import type { Request } from '#clearing/request.ts';
import { businessKey, reversalKey, type TraceKey } from '#idempotency/rules/keys.ts';
import { fen } from '#money/fen.ts';
import type { Pool } from '#platform/postgres.ts';
import { cardRef, merchantTerminal, townRequest } from '#testing/town.ts';

export interface InstanceOptions {
  readonly url: string;
  readonly pool: Pool;
  readonly lanes?: number;
  readonly groupSizeMax?: number;
  readonly clock?: (authorityNowMs: number) => number;
}

/** Opens the clearing of one instance with the limits of a test. */
export function openInstance(options: InstanceOptions): Promise<Clearing> {
  return openClearing({
    lanes: 1,
    spreadFrom: 0,
    groupSizeMax: 64,
    ...options,
    queueLengthMax: 10_000,
    requestTimeoutMs: 20_000,
    groupTimeoutMs: 10_000,
    watch: {
      groupCleared: () => undefined,
      groupRunAgain: () => undefined,
      answeredEarly: () => undefined,
      fault: () => undefined,
    },
  });
}

type Over = Parameters<typeof townRequest>[1];

/** Who plays a history: each request takes the next trace number of the day it is told. */
export interface Player {
  /** Sends a request and gives what was decided; anything else is a fault of the test. */
  send(over?: Over): Promise<Outcome>;
  /** Sends the same request once more. */
  repeat(): Promise<Outcome>;
  /** Sends the reversal of the request before. */
  reverse(): Promise<Outcome>;
  /** Sends a request after its reversal: the reversal leaves a tombstone, which refuses the request. */
  sendAfterReversal(over?: Over): Promise<Outcome>;
}

/** Plays requests one after the other, as one terminal would. */
export function openPlayer(clearing: Clearing, localDate: string): Player {
  let trace = 0;
  let last = townRequest(0, { localDate });
  const submit = async (request: Request, isRepeat: boolean) =>
    decided(await clearing.submit({ request, isRepeat }));
  const next = (over: Over = {}) => {
    last = townRequest(++trace, { localDate, ...over });
    return last;
  };
  const reverse = () => submit(reversalOf(last, { trace, localDate }), false);
  return {
    send: (over) => submit(next(over), false),
    repeat: () => submit(last, true),
    reverse,
    sendAfterReversal: async (over) => {
      const request = next(over);
      await reverse();
      return submit(request, false);
    },
  };
}

/** The reversal of a request that was sent under this trace number. */
function reversalOf(original: Request, sent: { trace: number; localDate: string }): Request {
  const trace: TraceKey = {
    terminalId: original.terminalId,
    batchNumber: original.batchNumber,
    traceNumber: sent.trace,
    localDate: sent.localDate,
  };
  return {
    ...original,
    kind: 'reversal',
    callerKey: null,
    businessKey: reversalKey(trace),
    original: { id: null, businessKey: businessKey(trace) },
    detail: {},
    final: false,
  };
}

function decided(answer: Answer): Outcome {
  if (answer.status !== 'decided') throw new Error(`answered as ${answer.status}`);
  return answer;
}

interface Load {
  readonly cards: number;
  /** How many requests are on their way at any time. */
  readonly senders: number;
  readonly firstTrace: number;
  readonly isOver: () => boolean;
}

/** Payments of one fen by many cards at many merchants, until it is over; gives what was decided. */
export async function playUntil(clearing: Clearing, load: Load): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let sent = 0;
  const sender = async () => {
    while (!load.isOver()) {
      const trace = load.firstTrace + sent++;
      const request = townRequest(trace, {
        card: cardRef(trace % load.cards),
        terminalId: merchantTerminal(1 + (trace % 3)),
        amountFen: fen(1),
      });
      outcomes.push(decided(await clearing.submit({ request, isRepeat: false })));
    }
  };
  await Promise.all(Array.from({ length: load.senders }, sender));
  return outcomes;
}
