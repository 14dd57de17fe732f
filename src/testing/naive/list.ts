import type { Request } from '#clearing/request.ts';

/** A request of a random sequence; what it speaks of is named by its place in the sequence, not yet by an id. */
export interface Draft extends Omit<Request, 'original'> {
  readonly original: { readonly place: number | null; readonly businessKey: string | null } | null;
}

/** What the naive books are told of the town. */
export interface NaiveTerms {
  readonly terminals: ReadonlyMap<number, NaiveTerminal>;
  readonly purses: (card: bigint) => readonly string[];
  readonly perPaymentFen: bigint;
  readonly perDayFen: bigint;
  readonly pinFreeFen: bigint;
  readonly perLoadFen: bigint;
  readonly balanceMaxFen: bigint;
  /** What a line costs, in full and as a transfer within the hour; "*" is every other line. */
  readonly fares: Readonly<Record<string, { readonly full: bigint; readonly transfer: bigint }>>;
}

export interface NaiveTerminal {
  readonly participant: number;
  readonly sector: string;
  readonly active: boolean;
  readonly participantActive: boolean;
}

/** A leg of an entry, with the purse's balance after it; null where nobody keeps one. */
export interface Move {
  readonly who: string;
  readonly fen: bigint;
  readonly balance: bigint | null;
}

export interface Entry {
  readonly label: string;
  readonly draft: Draft;
  readonly participant: number;
  readonly day: number;
  readonly legs: readonly Move[];
  /** What went back to each purse. */
  readonly back: Map<string, bigint>;
}

export interface Hold {
  readonly entry: Entry;
  readonly who: string;
  readonly untilMs: number;
  readonly amountFen: bigint;
  /** What each capture took, by its label. */
  readonly taken: Map<string, bigint>;
  /** What its purse had no money for when it was to be held again. */
  lostFen: bigint;
  /** The label of what ended it. */
  endedBy: string | null;
}

export interface Decided {
  /** Stands for the id. */
  readonly label: string;
  readonly kind: string;
  readonly refusal: string | null;
  readonly legs: readonly Move[];
}

interface Known extends Decided {
  readonly draft: Draft;
  readonly said: readonly string[];
}

/**
 * The books as a child would keep them: every movement in one list, every balance a sum over it. Written from
 * the design and not from our rules, so that a mistake would have to be made twice.
 */
export interface Books {
  readonly terms: NaiveTerms;
  readonly moves: { readonly who: string; readonly fen: bigint }[];
  readonly holds: Hold[];
  readonly entries: Map<string, Entry>;
  /** By the caller's key and by the business key. */
  readonly known: Map<string, Known>;
  /** The label of each place in the sequence. */
  readonly labels: string[];
  readonly spent: Map<bigint, { readonly day: number; readonly fen: bigint }>;
  readonly lastTap: Map<bigint, { readonly label: string; readonly fromMs: number }>;
}

/** Under which label, at which time and for whom something is entered. */
export interface At {
  readonly label: string;
  readonly participant: number;
  readonly nowMs: number;
}

export const hourMs = 3_600_000;

export function dayOf(ms: number): number {
  return Math.floor((ms + 8 * hourMs) / (24 * hourMs));
}

export function sum(amounts: Iterable<bigint>): bigint {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
}

export function balanceOf(books: Books, who: string): bigint {
  return sum(books.moves.filter((move) => move.who === who).map((move) => move.fen));
}

export function leftOf(hold: Hold): bigint {
  return hold.amountFen - sum(hold.taken.values()) - hold.lostFen;
}

export function isOpen(hold: Hold, nowMs: number): boolean {
  return hold.endedBy === null && leftOf(hold) > 0n && hold.untilMs > nowMs;
}

export function openHolds(books: Books, nowMs: number): Hold[] {
  return books.holds.filter((hold) => isOpen(hold, nowMs));
}

export function heldOf(books: Books, who: string, nowMs: number): bigint {
  const own = openHolds(books, nowMs).filter((hold) => hold.who === who);
  return sum(own.map(leftOf));
}

export function availableOf(books: Books, who: string, nowMs: number): bigint {
  return balanceOf(books, who) - heldOf(books, who, nowMs);
}

/** Enters something; an authorisation, a void and a free ride have no legs. */
export function post(
  books: Books,
  done: { readonly draft: Draft; readonly legs: readonly { readonly who: string; readonly fen: bigint }[] },
  at: At,
): Entry {
  books.moves.push(...done.legs);
  const legs = done.legs.map(({ who, fen }) => ({
    who,
    fen,
    balance: who.endsWith('able') ? null : balanceOf(books, who),
  }));
  const { label, participant } = at;
  const entry = { label, draft: done.draft, participant, day: dayOf(at.nowMs), legs, back: new Map() };
  books.entries.set(label, entry);
  return entry;
}
