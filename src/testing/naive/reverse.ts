import { type Back, paidBy, payBack, release, takenBack } from './give-back.ts';
import {
  type At,
  availableOf,
  type Books,
  type Draft,
  type Entry,
  type Hold,
  isOpen,
  leftOf,
  type Move,
  post,
  sum,
} from './list.ts';

/** Takes back a whole original that is named by its key; one that did not come yet is buried. */
export function reverse(books: Books, draft: Draft, at: At): string | Entry {
  const key = draft.original?.businessKey ?? '';
  const before = books.known.get(key);
  if (before === undefined) {
    const label = `${at.label}+grave`;
    const grave = { label, kind: 'reversal', refusal: 'reversed-before-arrival', legs: [], draft, said: [] };
    books.known.set(key, grave);
    return post(books, { draft, legs: [] }, at);
  }
  const first = before.draft;
  const original = books.entries.get(before.label);
  if (first.card.cardId !== draft.card.cardId || !saysAmount(books, first, { draft, original }))
    return 'original-mismatch';
  if (before.refusal !== null || original === undefined) return post(books, { draft, legs: [] }, at);
  return takeBack(books, { draft, original }, at);
}

function takeBack(books: Books, { draft, original }: Back, at: At): string | Entry {
  const first = original.draft;
  if (first.kind === 'authorise') return release(books, { draft, original }, at);
  if (first.kind === 'capture') return uncapture(books, { draft, original }, at);
  if (first.kind === 'void') return unvoid(books, { draft, original }, at);
  if (first.kind !== 'payment' && first.kind !== 'load') return 'not-returnable';
  if (sum(original.back.values()) > 0n) return 'already-returned';
  return first.kind === 'load'
    ? unload(books, { draft, original }, at)
    : payBack(books, { draft, original, amount: paidBy(original) }, at);
}

function unload(books: Books, { draft, original }: Back, at: At): string | Entry {
  const loaded = original.legs.find((leg) => leg.balance !== null);
  if (loaded === undefined || availableOf(books, loaded.who, at.nowMs) < loaded.fen)
    return 'insufficient-funds';
  original.back.set(loaded.who, loaded.fen);
  return post(books, { draft, legs: original.legs.map(({ who, fen }) => ({ who, fen: -fen })) }, at);
}

/** The amount of the original, or, where it said none, nothing or what it was about. */
function saysAmount(
  books: Books,
  first: Draft,
  { draft, original }: { readonly draft: Draft; readonly original: Entry | undefined },
): boolean {
  if (first.amountFen !== null) return draft.amountFen === first.amountFen;
  if (draft.amountFen === null || original === undefined) return true;
  const moved = purseLegs(original);
  if (moved.length > 0) return sum(moved.map(({ fen }) => (fen < 0n ? -fen : fen))) === draft.amountFen;
  return first.kind === 'void' && followed(books, original)?.draft.amountFen === draft.amountFen;
}

function followed(books: Books, { draft }: Entry): Entry | undefined {
  const place = draft.original?.place ?? null;
  return place === null ? undefined : books.entries.get(books.labels[place] ?? '');
}

function purseLegs(entry: Entry): Move[] {
  return entry.legs.filter((leg) => leg.balance !== null);
}

/** The capture goes off the list of what was taken; what the purse has not for the rest is lost. */
function uncapture(books: Books, { draft, original }: Back, at: At): string | Entry {
  if (sum(original.back.values()) > 0n) return 'already-returned';
  for (const leg of purseLegs(original)) original.back.set(leg.who, -leg.fen);
  const holds = books.holds.filter((hold) => hold.entry === followed(books, original));
  const before = sum(holds.map((hold) => heldBy(hold, at)));
  const entry = post(books, { draft, legs: original.legs.map(({ who, fen }) => ({ who, fen: -fen })) }, at);
  hold(books, { holds, label: original.label, before: before + paidBy(original) }, at);
  return entry;
}

function unvoid(books: Books, { draft, original }: Back, at: At): string | Entry {
  const first = followed(books, original);
  if (draft.sector !== 'shops') return 'not-returnable';
  if (original.legs.length === 0) {
    const holds = books.holds.filter((one) => one.entry === first);
    hold(books, { holds, label: original.label, before: 0n }, at);
    return post(books, { draft, legs: [] }, at);
  }
  const given = purseLegs(original);
  if (sum(original.back.values()) > 0n) return 'already-returned';
  if (given.some((leg) => availableOf(books, leg.who, at.nowMs) < leg.fen)) return 'insufficient-funds';
  for (const leg of given) original.back.set(leg.who, leg.fen);
  first?.back.clear();
  if (first !== undefined) takenBack(books, first, -sum(given.map((leg) => leg.fen)));
  return post(books, { draft, legs: original.legs.map(({ who, fen }) => ({ who, fen: -fen })) }, at);
}

/** Holds as if what has this label had never been: held again, and spent again, is what there is money for. */
function hold(
  books: Books,
  {
    holds,
    label,
    before,
  }: { readonly holds: readonly Hold[]; readonly label: string; readonly before: bigint },
  at: At,
): void {
  for (const one of holds) {
    one.taken.delete(label);
    if (one.endedBy === label) one.endedBy = null;
    const short = isOpen(one, at.nowMs) ? -availableOf(books, one.who, at.nowMs) : 0n;
    if (short > 0n) one.lostFen += short;
  }
  const [first] = holds;
  if (first === undefined || first.untilMs <= at.nowMs) return;
  takenBack(books, first.entry, before - sum(holds.map((one) => heldBy(one, at))));
}

function heldBy(one: Hold, { nowMs }: At): bigint {
  return isOpen(one, nowMs) ? leftOf(one) : 0n;
}
