import { type CardStatus, cardStatuses } from '#cards/rules/status.ts';
import type { CardRef } from '#cards/store.ts';
import type { Kind } from '#clearing/request.ts';
import { businessKey, callerKey, reversalKey, type TraceKey } from '#idempotency/rules/keys.ts';
import { fen } from '#money/fen.ts';
import { hainanDay } from '#platform/calendar.ts';
import { type SeededRandom, seededRandom } from '#testing/model/seeded-random.ts';
import { type Draft, hourMs } from '#testing/naive/list.ts';
import { merchantTerminal, town } from '#testing/town.ts';
import { modelTown } from './model-town.ts';

/** Requests that arrive together, after some time has passed. */
export interface Burst {
  readonly nowMs: number;
  /** The status of the episode's second card from here on: cards are lost and found again. */
  readonly status: CardStatus;
  readonly drafts: readonly Draft[];
}

export interface EpisodeOptions {
  readonly seed: number;
  readonly startMs: number;
  readonly cards: readonly CardRef[];
  /** Where its trace numbers begin: no two episodes of one town share one. */
  readonly firstTrace: number;
  readonly requests: number;
  readonly burstMax: number;
  /** Mostly payments and authorisations that are captured, voided and reversed again; left out, something of all. */
  readonly undoing?: boolean;
}

interface Made {
  readonly draft: Draft;
  readonly trace: TraceKey;
  readonly place: number;
  /** What it is about, where it says no amount itself. */
  readonly aboutFen: Draft['amountFen'];
  /** It is only ever repeated as it is: nothing was stored under its caller's key. */
  readonly asItIs: boolean;
}

interface Drawing {
  readonly random: SeededRandom;
  readonly options: EpisodeOptions;
  /** Earlier bursts: their ids are known by now. */
  readonly before: Made[];
  readonly burst: Made[];
  /** Originals whose reversal went ahead of them. */
  readonly late: Made[];
  /** The keys of the reversals so far. */
  readonly reversals: Set<string>;
  traces: number;
  places: number;
}

/** Draws an episode: everything that happens to a few cards, in bursts. The same seed draws the same. */
export function drawEpisode(options: EpisodeOptions): Burst[] {
  const random = seededRandom(options.seed);
  const drawing: Drawing = {
    random,
    options,
    before: [],
    burst: [],
    late: [],
    reversals: new Set(),
    traces: 0,
    places: 0,
  };
  const bursts: Burst[] = [];
  let nowMs = options.startMs;
  while (drawing.places < options.requests) {
    nowMs += pauseMs(random);
    const count = Math.min(1 + random.int(options.burstMax), options.requests - drawing.places);
    const drafts = Array.from({ length: count }, () => {
      const made = drawOne(drawing);
      drawing.burst.push(made);
      drawing.places += 1;
      return made.draft;
    });
    bursts.push({ nowMs, status: random.chance(70) ? 'active' : random.pick(cardStatuses), drafts });
    drawing.before.push(...drawing.burst.splice(0));
  }
  return bursts;
}

/** Whole minutes; often the very moment at which a transfer or an authorisation ends. */
function pauseMs(random: SeededRandom): number {
  const minutes = random.pick([1, 1, 5, 20, 59, 60, 61, 300]);
  if (random.chance(4)) return 7 * 24 * hourMs;
  return random.chance(8) ? 24 * hourMs : minutes * 60_000;
}

type Ways = readonly (readonly [weight: number, draw: (drawing: Drawing) => Made])[];

const ways: Ways = [
  [20, (drawing) => drawNew(drawing, 'payment')],
  [14, (drawing) => drawTap(drawing, 'payment')],
  [16, drawLoad],
  [12, (drawing) => drawNew(drawing, 'authorise')],
  [1, (drawing) => drawTap(drawing, 'authorise')],
  [10, (drawing) => drawFollowing(drawing, 'capture')],
  [6, (drawing) => drawFollowing(drawing, 'void')],
  [9, (drawing) => drawFollowing(drawing, 'refund')],
  [7, (drawing) => drawReversal(drawing)],
  [3, drawEarlyReversal],
  [3, drawLate],
  [9, drawRepeat],
  [4, drawChanged],
  [3, drawOdd],
];
const undoingWays: Ways = [
  [8, (drawing) => drawNew(drawing, 'payment')],
  [8, drawLoad],
  [14, (drawing) => drawNew(drawing, 'authorise')],
  [18, (drawing) => drawFollowing(drawing, 'capture')],
  [12, (drawing) => drawFollowing(drawing, 'void')],
  [2, (drawing) => drawFollowing(drawing, 'refund')],
  [16, (drawing) => drawReversal(drawing, ['capture'])],
  [12, (drawing) => drawReversal(drawing, ['void'])],
  [2, (drawing) => drawReversal(drawing)],
  [2, drawEarlyReversal],
  [2, drawLate],
  [3, drawRepeat],
];
const byWeight = (weighted: Ways) =>
  weighted.flatMap(([weight, draw]) => Array.from({ length: weight }, () => draw));
const waysByWeight = byWeight(ways);
const undoingByWeight = byWeight(undoingWays);

function drawOne(drawing: Drawing): Made {
  return drawing.random.pick(drawing.options.undoing === true ? undoingByWeight : waysByWeight)(drawing);
}

function make(drawing: Drawing, over: Partial<Draft> & { terminalId: number }): Made {
  const number = drawing.options.firstTrace + drawing.traces++;
  const localDate = hainanDay(Date.UTC(2026, 10, 22) + Math.floor(number / 1_000_000) * 24 * hourMs);
  const trace = { terminalId: over.terminalId, batchNumber: 1, traceNumber: number % 1_000_000, localDate };
  const draft: Draft = {
    kind: 'payment',
    sector: 'shops',
    callerKey: drawing.random.chance(90) ? callerKey('model', String(number)) : null,
    businessKey: businessKey(trace),
    card: drawCard(drawing),
    batchNumber: 1,
    amountFen: null,
    localTime: `${localDate} 08:00:00`,
    original: null,
    detail: {},
    final: false,
    ...(drawing.random.chance(70) ? { pin: drawing.random.chance(90) ? 'right' : 'pin-wrong' } : {}),
    ...over,
  };
  return { draft, trace, place: drawing.places, aboutFen: draft.amountFen, asItIs: false };
}

function drawCard({ random, options }: Drawing): CardRef {
  return random.chance(80) ? (options.cards[random.int(2)] as CardRef) : random.pick(options.cards);
}

function drawAmount({ random, options }: Drawing): Draft['amountFen'] {
  if (options.undoing === true) return fen(1 + random.int(random.pick([40, 400])));
  if (random.chance(1)) return null;
  if (random.chance(3)) return fen(random.pick([9_000, 9_001, 8_999]));
  return fen(1 + random.int(random.pick([10, 400, 8_000])));
}

function drawNew(drawing: Drawing, kind: Kind): Made {
  const terminalId = merchantTerminal(1 + drawing.random.int(2));
  return make(drawing, { kind, terminalId, amountFen: drawAmount(drawing) });
}

function drawTap(drawing: Drawing, kind: Kind): Made {
  const detail = { line: drawing.random.pick(modelTown.lines) };
  return make(drawing, { kind, sector: 'transit', terminalId: town.operatorTerminal, detail });
}

function drawLoad(drawing: Drawing): Made {
  const { random, options } = drawing;
  const amount = random.chance(4)
    ? random.pick([200_000, 200_001])
    : 1 + random.int(random.pick([300, options.undoing === true ? 300 : 9_000]));
  const purse = random.chance(3) ? 'medical' : random.pick(['online', 'online', 'e-purse']);
  const terminalId = town.bankTerminal;
  const load = {
    kind: 'load',
    sector: 'top-up',
    terminalId,
    amountFen: fen(amount),
    detail: { purse },
  } as const;
  return make(drawing, load);
}

const followed: Readonly<Record<string, readonly Kind[]>> = {
  capture: ['authorise'],
  void: ['authorise', 'payment'],
  refund: ['payment', 'capture'],
};

/** A capture, void or refund: it speaks of an id, so of something of an earlier burst. */
function drawFollowing(drawing: Drawing, kind: Kind): Made {
  const { random, before } = drawing;
  const wanted = random.chance(90)
    ? (followed[kind] ?? [])
    : ['payment', 'load', 'authorise', 'refund', 'reversal'];
  const fitting = before.slice(-60).filter(({ draft }) => wanted.includes(draft.kind));
  if (fitting.length === 0) return drawNew(drawing, 'payment');
  const { draft, place } = random.pick(fitting);
  const whole = draft.amountFen ?? fen(200);
  const part = fen(1 + random.int(Number(whole) + 2));
  const made = make(drawing, {
    kind,
    sector: draft.sector,
    terminalId: random.chance(3) ? merchantTerminal(1 + random.int(2)) : draft.terminalId,
    card: random.chance(96) ? draft.card : drawCard(drawing),
    amountFen: kind === 'void' ? null : random.pick([whole, part, part, fen(1)]),
    original: { place: random.chance(98) ? place : null, businessKey: null },
    final: kind === 'capture' && random.chance(40),
  });
  return { ...made, aboutFen: whole };
}

function drawReversal(drawing: Drawing, kinds?: readonly Kind[]): Made {
  const { random, before, burst } = drawing;
  const all = [...before.slice(-30), ...burst].filter(
    ({ draft }) => draft.kind !== 'reversal' && kinds?.includes(draft.kind) !== false,
  );
  if (all.length === 0) return drawLoad(drawing);
  return reversalOf(drawing, random.pick(all));
}

function reversalOf(drawing: Drawing, { draft, trace, aboutFen }: Made): Made {
  const { random } = drawing;
  const { sector, terminalId, card, amountFen, businessKey: key } = draft;
  const made = make(drawing, {
    kind: 'reversal',
    sector,
    terminalId,
    original: { place: null, businessKey: key },
  });
  const says = {
    card: random.chance(96) ? card : drawCard(drawing),
    amountFen: random.chance(96) ? (amountFen ?? (random.chance(50) ? aboutFen : null)) : fen(7),
    businessKey: reversalKey(trace),
  };
  // A second reversal of the same repeats the first under another caller's key.
  const asItIs = drawing.reversals.has(says.businessKey);
  drawing.reversals.add(says.businessKey);
  return { ...made, draft: { ...made.draft, ...says }, asItIs };
}

/** A reversal that overtakes its original, which comes later. */
function drawEarlyReversal(drawing: Drawing): Made {
  const { random } = drawing;
  const original = random.pick([
    () => drawLoad(drawing),
    () => drawNew(drawing, 'payment'),
    () => drawFollowing(drawing, 'capture'),
    () => drawFollowing(drawing, 'void'),
    () => drawFollowing(drawing, 'refund'),
  ])();
  drawing.late.push({ ...original, asItIs: true });
  return reversalOf(drawing, original);
}

function drawLate(drawing: Drawing): Made {
  const original = drawing.late.shift();
  return original === undefined ? drawTap(drawing, 'payment') : { ...original, place: drawing.places };
}

/** The same again: under both keys, under a new caller's key, or without one. */
function drawRepeat(drawing: Drawing): Made {
  const first = drawEarlier(drawing);
  if (first === undefined) return drawLoad(drawing);
  const { random } = drawing;
  const otherKey = random.chance(50)
    ? null
    : callerKey('again', `${drawing.options.firstTrace} ${drawing.places}`);
  if (random.chance(60)) return { ...first, place: drawing.places };
  return { ...first, draft: { ...first.draft, callerKey: otherKey }, place: drawing.places, asItIs: true };
}

/** Under the keys of an earlier request, but not the same. */
function drawChanged(drawing: Drawing): Made {
  const { random } = drawing;
  const first = drawEarlier(drawing);
  if (first === undefined || first.asItIs) return drawLoad(drawing);
  const { draft } = first;
  const changed = random.pick<Partial<Draft>>([
    { amountFen: fen(random.int(9_000) + 1) },
    { localTime: `${first.trace.localDate} 09:30:00` },
    { card: drawCard(drawing) },
    { final: !draft.final },
    { businessKey: make(drawing, { terminalId: draft.terminalId }).draft.businessKey },
  ]);
  return { ...first, draft: { ...draft, ...changed }, place: drawing.places };
}

function drawEarlier({ random, before, burst }: Drawing): Made | undefined {
  const all = [...before.slice(-40), ...burst];
  return all.length === 0 ? undefined : random.pick(all);
}

/** What a terminal in order does not send. */
function drawOdd(drawing: Drawing): Made {
  const { random } = drawing;
  const amountFen = fen(100);
  const terminalId = merchantTerminal(1);
  return make(drawing, {
    amountFen,
    ...random.pick<Partial<Draft> & { terminalId: number }>([
      { terminalId: modelTown.shutTerminal },
      { terminalId: modelTown.leftTerminal },
      { terminalId: modelTown.unknownTerminal },
      { terminalId, batchNumber: 2 },
      { terminalId, kind: 'load' },
      { terminalId, sector: 'transit', detail: { line: '1' } },
      { terminalId: town.bankTerminal, sector: 'top-up', detail: { purse: 'online' } },
      { terminalId: town.operatorTerminal, sector: 'transit', detail: { line: '1' } },
    ]),
  });
}
