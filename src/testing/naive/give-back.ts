import {
  type At,
  type Books,
  type Draft,
  type Entry,
  type Hold,
  leftOf,
  type Move,
  openHolds,
  post,
  sum,
} from './list.ts';

/** A request with the entry it speaks of. */
export interface Back {
  readonly draft: Draft;
  readonly original: Entry;
}

/** Takes an amount out of an authorisation. */
export function capture(books: Books, { draft, original }: Back, at: At): string | Entry {
  if (draft.amountFen === null) return 'amount-missing';
  const open = openHolds(books, at.nowMs).filter((hold) => hold.entry === original);
  if (open.length === 0) return 'hold-not-open';
  if (sum(open.map(leftOf)) < draft.amountFen) return 'capture-exceeds-hold';
  const legs: { who: string; fen: bigint }[] = [];
  let rest: bigint = draft.amountFen;
  for (const hold of open) {
    const part = leftOf(hold) < rest ? leftOf(hold) : rest;
    rest -= part;
    hold.taken.set(at.label, part);
    if (part > 0n) legs.push({ who: hold.who, fen: -part });
  }
  if (draft.final) letGo(books, { open, original }, at);
  const payable = { who: `${at.participant} payable`, fen: draft.amountFen };
  return post(books, { draft, legs: [...legs, payable] }, at);
}

/** Lets go of what is left of an authorisation. */
export function release(books: Books, { draft, original }: Back, at: At): string | Entry {
  const open = openHolds(books, at.nowMs).filter((hold) => hold.entry === original);
  if (open.length === 0) return 'hold-not-open';
  letGo(books, { open, original }, at);
  return post(books, { draft, legs: [] }, at);
}

export function refund(books: Books, { draft, original }: Back, at: At): string | Entry {
  if (original.draft.kind !== 'payment' && original.draft.kind !== 'capture') return 'not-returnable';
  if (draft.amountFen === null) return 'amount-missing';
  return payBack(books, { draft, original, amount: draft.amountFen }, at);
}

/** Takes a payment of the same day back whole; these books know one business day. */
export function takeBackWhole(books: Books, { draft, original }: Back, at: At): string | Entry {
  if (sum(original.back.values()) > 0n) return 'already-returned';
  const amount = paidBy(original);
  return amount === 0n ? 'not-returnable' : payBack(books, { draft, original, amount }, at);
}

/** To the purse that paid last first, and never more to a purse than it paid. */
export function payBack(books: Books, back: Back & { readonly amount: bigint }, at: At): string | Entry {
  const { draft, original, amount } = back;
  if (amount === 0n) return post(books, { draft, legs: [] }, at);
  const paid = original.legs.filter((leg) => leg.balance !== null).reverse();
  const left = (leg: Move) => -leg.fen - (original.back.get(leg.who) ?? 0n);
  if (sum(paid.map(left)) < amount) return 'refund-exceeds-original';
  const legs: { who: string; fen: bigint }[] = [];
  let rest = amount;
  for (const leg of paid) {
    const part = left(leg) < rest ? left(leg) : rest;
    if (part === 0n) continue;
    rest -= part;
    original.back.set(leg.who, (original.back.get(leg.who) ?? 0n) + part);
    legs.push({ who: leg.who, fen: part });
  }
  takenBack(books, original, amount);
  const payable = { who: `${original.participant} payable`, fen: -amount };
  return post(books, { draft, legs: [...legs, payable] }, at);
}

export function paidBy(original: Entry): bigint {
  return sum(original.legs.map((leg) => (leg.balance === null ? leg.fen : 0n)));
}

function letGo(books: Books, ended: { open: readonly Hold[]; original: Entry }, at: At): void {
  takenBack(books, ended.original, sum(ended.open.map(leftOf)));
  for (const hold of ended.open) hold.endedBy = at.label;
}

/** What is taken back may be spent again on its day, and opens no transfer any more. */
export function takenBack(books: Books, original: Entry, amount: bigint): void {
  if (amount === 0n) return;
  const card = original.draft.card.cardAccountId;
  const spent = books.spent.get(card);
  if (original.draft.sector === 'shops' && spent?.day === original.day)
    books.spent.set(card, { day: spent.day, fen: spent.fen > amount ? spent.fen - amount : 0n });
  if (books.lastTap.get(card)?.label === original.label) books.lastTap.delete(card);
}
