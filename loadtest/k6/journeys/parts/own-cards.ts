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
  readonly balances: Map<string, number>;
  /** Whether the last ride paid in full, so that the next is a transfer; null before the first. */
  paidInFull: boolean | null;
}

const mine: OwnCard[] = [];
let next = 0;

/** The user's next card, in turn. Below `among`, where only some cards will do (those whose holder is signed in). */
export function nextCard(among: number = order.cards): OwnCard {
  const count = Math.max(1, Math.floor(among / order.usersMax));
  const at = next++ % count;
  let own = mine[at];
  if (own === undefined) {
    const card = ((__VU - 1) % order.usersMax) + order.usersMax * at;
    own = { card, number: cardNumber(card), balances: new Map(), paidInFull: null };
    mine[at] = own;
  }
  return own;
}

interface Leg {
  readonly purse: string;
  readonly amount: number;
  readonly balance: number;
}

/** The one purse that moved moved by so much, and has now what it had before and this. */
export function expectMoved(own: OwnCard, answer: Answer, moved: { purse: string; fen: number }): void {
  const [leg, ...more] = (answer.json?.purses ?? []) as Leg[];
  const isOne = leg !== undefined && more.length === 0 && leg.purse === moved.purse;
  expectThat('one purse moves, by what was asked', isOne && leg.amount === moved.fen, answer.text);
  if (leg === undefined) return;
  expectBalance(own, moved.purse, { found: leg.balance, movedFen: moved.fen });
}

export function expectBalance(
  own: OwnCard,
  purse: string,
  { found, movedFen }: { readonly found: number; readonly movedFen: number },
): void {
  const before = own.balances.get(purse);
  const due = (before ?? found - movedFen) + movedFen;
  expectThat('the balance is the one before and what moved', found === due, { purse, found, due });
  own.balances.set(purse, found);
}

let sent = 0;
const tracesMax = 1_000_000;
const firstDayMs = Date.UTC(2030, 0, 1);
const dayMs = 86_400_000;

/** A trace of its own: each user has a local date of its own in each run, and counts on it. */
export function nextTrace() {
  if (sent >= tracesMax) throw new Error('a user has used up its trace numbers');
  const day = new Date(firstDayMs + (order.run * order.usersMax + __VU) * dayMs).toISOString().slice(0, 10);
  return { batchNumber: 1, traceNumber: sent++, localTime: `${day}T08:00:00` };
}

export type Trace = ReturnType<typeof nextTrace>;

/** A key that follows from the trace: terminals differ, so it may be the same at two of them. */
export const keyOf = ({ traceNumber, localTime }: Trace, what = 'pay') =>
  `${what}-${localTime.slice(0, 10)}-${traceNumber}`;
