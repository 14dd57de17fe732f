import {
  type At,
  availableOf,
  type Books,
  balanceOf,
  type Draft,
  dayOf,
  type Entry,
  hourMs,
  openHolds,
  post,
} from './list.ts';

const holdLifeMs = 7 * 24 * hourMs;
const holdsMax = 64;

/** A load, a ride or a payment in a shop, or the authorisation of one. */
export function start(books: Books, draft: Draft, at: At): string | Entry {
  if (draft.pin !== undefined && draft.pin !== 'right') return draft.pin;
  if ((draft.kind === 'load') !== (draft.sector === 'top-up')) return 'kind-not-allowed';
  if (draft.kind === 'authorise' && draft.amountFen === null) return 'amount-missing';
  if (draft.sector === 'top-up') return load(books, draft, at);
  return draft.sector === 'transit' ? ride(books, draft, at) : shop(books, draft, at);
}

function load(books: Books, draft: Draft, at: At): string | Entry {
  const { terms } = books;
  const card = draft.card.cardAccountId;
  if (draft.amountFen === null) return 'amount-missing';
  const purse = draft.detail['purse'] ?? '';
  if (purse !== 'online' && purse !== 'e-purse') return 'purse-not-allowed';
  if (!terms.purses(card).includes(purse)) return 'purse-not-open';
  const who = `${card} ${purse}`;
  if (draft.amountFen > terms.perLoadFen) return 'over-payment-limit';
  if (balanceOf(books, who) + draft.amountFen > terms.balanceMaxFen) return 'over-balance-limit';
  const bank = `${at.participant} receivable`;
  const legs = [
    { who, fen: draft.amountFen },
    { who: bank, fen: -draft.amountFen },
  ];
  return post(books, { draft, legs }, at);
}

function shop(books: Books, draft: Draft, at: At): string | Entry {
  const amount: bigint | null = draft.amountFen;
  const card = draft.card.cardAccountId;
  if (amount === null) return 'amount-missing';
  if (amount > books.terms.perPaymentFen) return 'over-payment-limit';
  const day = dayOf(at.nowMs);
  const before = books.spent.get(card);
  const today = (before?.day === day ? before.fen : 0n) + amount;
  if (today > books.terms.perDayFen) return 'over-day-limit';
  if (amount > books.terms.pinFreeFen && draft.pin !== 'right') return 'pin-required';
  const entry = pay(books, { draft, purses: ['online'], amount }, at);
  if (typeof entry !== 'string') books.spent.set(card, { day, fen: today });
  return entry;
}

function ride(books: Books, draft: Draft, at: At): string | Entry {
  if (draft.amountFen !== null) return 'amount-not-expected';
  const fare = books.terms.fares[draft.detail['line'] ?? ''] ?? books.terms.fares['*'];
  if (fare === undefined) return 'no-tariff';
  const card = draft.card.cardAccountId;
  const last = books.lastTap.get(card);
  const isTransfer = last !== undefined && at.nowMs - last.fromMs <= hourMs;
  const amount = isTransfer ? fare.transfer : fare.full;
  const entry = pay(books, { draft, purses: ['e-purse', 'online'], amount }, at);
  if (typeof entry === 'string') return entry;
  books.lastTap.delete(card);
  if (!isTransfer) books.lastTap.set(card, { label: at.label, fromMs: at.nowMs });
  return entry;
}

/** From each purse in turn what it has, until it is paid; or held for later, when it is an authorisation. */
function pay(
  books: Books,
  { draft, purses, amount }: { draft: Draft; purses: readonly string[]; amount: bigint },
  at: At,
): string | Entry {
  if (amount === 0n) return post(books, { draft, legs: [] }, at);
  const card = draft.card.cardAccountId;
  const own = books.terms.purses(card);
  const open = purses.filter((name) => own.includes(name)).map((name) => `${card} ${name}`);
  if (open.length === 0) return 'purse-not-open';
  const debits: { who: string; fen: bigint }[] = [];
  let rest = amount;
  for (const who of open) {
    const can = availableOf(books, who, at.nowMs);
    const part = can < rest ? can : rest;
    if (part > 0n) debits.push({ who, fen: -part });
    rest -= part;
  }
  if (rest > 0n) return 'insufficient-funds';
  if (draft.kind === 'authorise') return hold(books, { draft, debits }, at);
  const payable = { who: `${at.participant} payable`, fen: amount };
  return post(books, { draft, legs: [...debits, payable] }, at);
}

function hold(
  books: Books,
  { draft, debits }: { draft: Draft; debits: readonly { who: string; fen: bigint }[] },
  at: At,
): string | Entry {
  const open = openHolds(books, at.nowMs);
  const isFull = (who: string) => open.filter((other) => other.who === who).length >= holdsMax;
  if (debits.some(({ who }) => isFull(who))) return 'too-many-holds';
  const entry = post(books, { draft, legs: [] }, at);
  const untilMs = at.nowMs + holdLifeMs;
  for (const { who, fen } of debits)
    books.holds.push({ entry, who, amountFen: -fen, untilMs, taken: new Map(), lostFen: 0n, endedBy: null });
  return entry;
}
