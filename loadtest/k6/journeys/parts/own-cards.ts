import { expectThat } from './figures.ts';
import { cardNumber } from './names.ts';
import { order } from './order.ts';
import type { Answer } from './signed-call.ts';

/**
 * A card that one user of k6 has to itself: nobody else pays with it in this run, so what every answer must say of
 * its balance is known. What earlier runs left on it is learnt from the first answer.
 */
export interface OwnCard {
  readonly card: number;
  readonly number: string;
  /** Which of the user's cards it is. */
  readonly at: number;
}

/**
 * What the user knows of each of its cards, by the name of a purse or of what else is counted in fen; NaN is nothing yet.
 * In plain numbers: as objects, those of 100,000 cards were most of what k6 had to go through whenever it collected its
 * garbage, and it let everybody wait meanwhile.
 */
const knowledge = new Map<string, Float64Array>();
// Kept here: a name of another module is looked up at each use.
const { cards, usersMax, run } = order;
const ownCount = Math.ceil(cards / usersMax);
let next = 0;

/** The user's next card, in turn. Below `among`, where only some cards will do (those whose holder is signed in). */
export function nextCard(among: number = cards): OwnCard {
  const count = Math.max(1, Math.floor(among / usersMax));
  const at = next++ % count;
  const card = ((__VU - 1) % usersMax) + usersMax * at;
  return { card, number: cardNumber(card), at };
}

/** The last that the user learnt of a card, in fen. */
export function known(own: OwnCard, what: string): number | undefined {
  const fen = knowledge.get(what)?.[own.at];
  return fen === undefined || Number.isNaN(fen) ? undefined : fen;
}

export function learn(own: OwnCard, what: string, fen: number): void {
  let all = knowledge.get(what);
  if (all === undefined) {
    all = new Float64Array(ownCount).fill(Number.NaN);
    knowledge.set(what, all);
  }
  all[own.at] = fen;
}

interface Leg {
  readonly purse: string;
  readonly amount: number;
  readonly balance: number;
}

/** The one purse that moved moved by so much, and has now what it had before and this. */
export function expectMoved(own: OwnCard, answer: Answer, moved: { purse: string; fen: number }): void {
  const legs = (answer.json?.purses ?? []) as Leg[];
  const leg = legs[0];
  const isOne = leg !== undefined && legs.length === 1 && leg.purse === moved.purse;
  expectThat('one purse moves, by what was asked', isOne && leg.amount === moved.fen, answer.text);
  if (leg === undefined) return;
  expectBalance(own, moved.purse, { found: leg.balance, movedFen: moved.fen });
}

export function expectBalance(
  own: OwnCard,
  purse: string,
  { found, movedFen }: { readonly found: number; readonly movedFen: number },
): void {
  const before = known(own, purse);
  const due = (before ?? found - movedFen) + movedFen;
  if (found !== due) expectThat('the balance is the one before and what moved', false, { purse, found, due });
  learn(own, purse, found);
}

let sent = 0;
const tracesMax = 1_000_000;
const firstDayMs = Date.UTC(2030, 0, 1);
const dayMs = 86_400_000;

/** The user's own local date of this run; its number is known only once it runs. */
let day = '';
const dayOfUser = () => new Date(firstDayMs + (run * usersMax + __VU) * dayMs).toISOString().slice(0, 10);

/** A trace of its own: each user has a local date of its own in each run, and counts on it. */
export function nextTrace() {
  if (sent >= tracesMax) throw new Error('a user has used up its trace numbers');
  if (day === '') day = dayOfUser();
  return { batchNumber: 1, traceNumber: sent++, localTime: `${day}T08:00:00` };
}

export type Trace = ReturnType<typeof nextTrace>;

/** A key that follows from the trace: terminals differ, so it may be the same at two of them. */
export const keyOf = ({ traceNumber, localTime }: Trace, what = 'pay') =>
  `${what}-${localTime.slice(0, 10)}-${traceNumber}`;
