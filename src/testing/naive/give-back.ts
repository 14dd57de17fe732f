import {
  type At,
  availableOf,
  type Books,
  type Draft,
  type Entry,
  type Hold,
  type Move,
  openHolds,
  post,
  sum,
} from './list.ts';

interface Back {
  readonly draft: Draft;
  readonly original: Entry;
}

/** Takes an amount out of an authorisation. */
export function capture(books: Books, { draft, original }: Back, at: At): string | Entry {
  if (draft.amountFen === null) return 'amount-missing';
  const open = openHolds(books, at.nowMs).filter((hold) => hold.entry === original);
  if (open.length === 0) return 'hold-not-open';
  if (sum(open.map((hold) => hold.leftFen)) < draft.amountFen) return 'capture-exceeds-hold';
  const legs: { who: string; fen: bigint }[] = [];
  let rest: bigint = draft.amountFen;
  for (const hold of open) {
    const part = hold.leftFen < rest ? hold.leftFen : rest;
    rest -= part;
    hold.leftFen -= part;
    if (part > 0n) legs.push({ who: hold.who, fen: -part });
    if (hold.leftFen === 0n) hold.open = false;
  }
  if (draft.final) letGo(books, open, original);
  const payable = { who: `${at.participant} payable`, fen: draft.amountFen };
  return post(books, { draft, legs: [...legs, payable] }, at);
}

/** Lets go of what is left of an authorisation. */
export function release(books: Books, { draft, original }: Back, at: At): string | Entry {
  const open = openHolds(books, at.nowMs).filter((hold) => hold.entry === original);
  if (open.length === 0) return 'hold-not-open';
  letGo(books, open, original);
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
  if (first.card.cardId !== draft.card.cardId || first.amountFen !== draft.amountFen)
    return 'original-mismatch';
  const original = books.entries.get(before.label);
  if (before.refusal !== null || original === undefined) return post(books, { draft, legs: [] }, at);
  if (first.kind === 'authorise') return release(books, { draft, original }, at);
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

/** To the purse that paid last first, and never more to a purse than it paid. */
function payBack(books: Books, back: Back & { readonly amount: bigint }, at: At): string | Entry {
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

function paidBy(original: Entry): bigint {
  return sum(original.legs.map((leg) => (leg.balance === null ? leg.fen : 0n)));
}

function letGo(books: Books, open: readonly Hold[], original: Entry): void {
  takenBack(books, original, sum(open.map((hold) => hold.leftFen)));
  for (const hold of open) hold.open = false;
}

/** What is taken back may be spent again on its day, and opens no transfer any more. */
function takenBack(books: Books, original: Entry, amount: bigint): void {
  if (amount === 0n) return;
  const card = original.draft.card.cardAccountId;
  const spent = books.spent.get(card);
  if (original.draft.sector === 'shops' && spent?.day === original.day)
    books.spent.set(card, { day: spent.day, fen: spent.fen > amount ? spent.fen - amount : 0n });
  if (books.lastTap.get(card)?.label === original.label) books.lastTap.delete(card);
}
