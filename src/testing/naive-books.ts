import type { Draft } from './random-requests.ts';

/**
 * The books as a child would keep them: every movement in one list, every balance a sum over it. Written from
 * the design, without our rules, so that both can be wrong only in the same way by chance.
 */
export interface NaiveTerms {
  readonly terminals: ReadonlyMap<number, NaiveTerminal>;
  readonly purses: (card: bigint) => readonly string[];
  readonly perPaymentFen: bigint;
  readonly perDayFen: bigint;
  readonly perLoadFen: bigint;
  readonly balanceMaxFen: bigint;
  /** What a line costs, in full and as a transfer within the hour. */
  readonly fares: Readonly<Record<string, { readonly full: bigint; readonly transfer: bigint }>>;
}

export interface NaiveTerminal {
  readonly participant: number;
  readonly sector: string;
  readonly active: boolean;
  readonly participantActive: boolean;
}

/** The time of a request, and what the card's row says of it. */
export interface Moment {
  readonly nowMs: number;
  readonly cardRefusal: string | null;
}

export interface Move {
  readonly who: string;
  readonly fen: bigint;
  readonly balance: bigint | null;
}

interface Entry {
  readonly label: string;
  readonly draft: Draft;
  readonly participant: number;
  readonly day: number;
  readonly legs: readonly Move[];
  /** What went back of each purse. */
  readonly back: Map<string, bigint>;
}

interface Hold {
  readonly entry: Entry;
  readonly who: string;
  readonly untilMs: number;
  leftFen: bigint;
  open: boolean;
}

/** What the books say to a request; the label stands for the id. */
export type Verdict =
  | { readonly keyReused: string }
  | {
      readonly label: string;
      readonly kind: string;
      readonly refusal: string | null;
      readonly replay: boolean;
      readonly legs: readonly Move[];
    };

type Known = Exclude<Verdict, { keyReused: string }> & { readonly draft: Draft; readonly said: readonly string[] };
type Legs = readonly { readonly who: string; readonly fen: bigint }[];

const hourMs = 3_600_000;
const dayOf = (ms: number) => Math.floor((ms + 8 * hourMs) / (24 * hourMs));
const fieldNames = ['kind', 'sector', 'cardId', 'amountFen', 'originalId', 'localTime', 'detail', 'businessKey'];

export function naiveBooks(terms: NaiveTerms) {
  const moves: { who: string; fen: bigint }[] = [];
  const holds: Hold[] = [];
  const entries = new Map<string, Entry>();
  const known = new Map<string, Known>();
  const labels: string[] = [];
  const spent = new Map<bigint, { day: number; fen: bigint }>();
  const window = new Map<bigint, { label: string; fromMs: number }>();

  const balance = (who: string) => sum(moves.filter((move) => move.who === who).map((move) => move.fen));
  const openHolds = (nowMs: number) => holds.filter((hold) => hold.open && hold.untilMs > nowMs);
  const held = (who: string, nowMs: number) =>
    sum(openHolds(nowMs).filter((hold) => hold.who === who).map((hold) => hold.leftFen));
  const available = (who: string, nowMs: number) => balance(who) - held(who, nowMs);

  const labelOf = (draft: Draft) =>
    draft.original?.place == null ? 'none' : (labels[draft.original.place] ?? 'none');

  const said = (draft: Draft) => [
    draft.kind,
    draft.sector,
    String(draft.card.cardId),
    String(draft.amountFen),
    draft.original === null || draft.original.businessKey !== null ? 'null' : labelOf(draft),
    draft.localTime,
    JSON.stringify([Object.entries(draft.detail).sort(), draft.final]),
    draft.businessKey,
  ];

  function decide(draft: Draft, moment: Moment): Verdict {
    const label = String(labels.length);
    const verdict = repeatOf(draft) ?? first(draft, moment, label);
    labels.push('label' in verdict ? verdict.label : 'none');
    return verdict;
  }

  function repeatOf(draft: Draft): Verdict | null {
    const before = known.get(draft.callerKey ?? '') ?? known.get(draft.businessKey);
    if (before === undefined) return null;
    const now = said(draft);
    const differs = before.refusal === 'reversed-before-arrival' ? -1 : now.findIndex((text, i) => text !== before.said[i]);
    return differs < 0 ? { ...before, replay: true } : { keyReused: fieldNames[differs] as string };
  }

  function first(draft: Draft, moment: Moment, label: string): Verdict {
    const terminal = terms.terminals.get(draft.terminalId);
    const result = refuseTerminal(draft, terminal) ?? judge(draft, moment, { label, participant: terminal?.participant ?? 0 });
    const refusal = typeof result === 'string' ? result : null;
    const legs = typeof result === 'string' ? [] : (entries.get(label)?.legs ?? []);
    const decided = { label, kind: draft.kind, refusal, replay: false, legs, draft, said: said(draft) };
    known.set(draft.businessKey, decided);
    if (draft.callerKey !== null) known.set(draft.callerKey, decided);
    return decided;
  }

  function refuseTerminal(draft: Draft, terminal: NaiveTerminal | undefined): string | null {
    if (terminal === undefined || !terminal.active) return 'terminal-not-active';
    if (terminal.sector !== draft.sector) return 'kind-not-allowed';
    if (draft.batchNumber !== 1) return 'batch-mismatch';
    return terminal.participantActive ? null : 'participant-not-active';
  }

  type At = { label: string; participant: number };

  function judge(draft: Draft, moment: Moment, at: At): string | Entry {
    if (draft.kind === 'reversal') return reverse(draft, moment.nowMs, at);
    if (draft.kind === 'payment' || draft.kind === 'load' || draft.kind === 'authorise')
      return moment.cardRefusal ?? start(draft, moment.nowMs, at);
    const original = entries.get(labelOf(draft));
    if (original === undefined || original.draft.card.cardId !== draft.card.cardId) return 'original-not-found';
    if (original.participant !== at.participant) return 'original-mismatch';
    if (draft.kind === 'refund') return refund(draft, original, { ...moment, ...at });
    if (original.draft.kind !== 'authorise') return 'original-mismatch';
    return draft.kind === 'void'
      ? release(draft, original, { ...moment, ...at })
      : capture(draft, original, { ...moment, ...at });
  }

  function start(draft: Draft, nowMs: number, at: At): string | Entry {
    if ((draft.kind === 'load') !== (draft.sector === 'top-up')) return 'kind-not-allowed';
    if (draft.sector === 'top-up') return load(draft, nowMs, at);
    return draft.sector === 'transit' ? ride(draft, nowMs, at) : shop(draft, nowMs, at);
  }

  function load(draft: Draft, nowMs: number, at: At): string | Entry {
    if (draft.amountFen === null) return 'amount-missing';
    const purse = draft.detail['purse'] as string;
    if (purse !== 'online' && purse !== 'e-purse') return 'purse-not-allowed';
    if (!terms.purses(draft.card.cardAccountId).includes(purse)) return 'purse-not-open';
    const who = `${draft.card.cardAccountId} ${purse}`;
    if (draft.amountFen > terms.perLoadFen) return 'over-payment-limit';
    if (balance(who) + draft.amountFen > terms.balanceMaxFen) return 'over-balance-limit';
    const owes = { who: `${at.participant} receivable`, fen: -draft.amountFen };
    return post(draft, [{ who, fen: draft.amountFen }, owes], { ...at, nowMs });
  }

  function shop(draft: Draft, nowMs: number, at: At): string | Entry {
    const amount = draft.amountFen as bigint | null;
    const card = draft.card.cardAccountId;
    if (amount === null) return 'amount-missing';
    if (amount > terms.perPaymentFen) return 'over-payment-limit';
    const before = spent.get(card);
    const today = (before?.day === dayOf(nowMs) ? before.fen : 0n) + amount;
    if (today > terms.perDayFen) return 'over-day-limit';
    const entry = pay(draft, [['online'], amount], { ...at, nowMs });
    if (typeof entry !== 'string') spent.set(card, { day: dayOf(nowMs), fen: today });
    return entry;
  }

  function ride(draft: Draft, nowMs: number, at: At): string | Entry {
    if (draft.amountFen !== null) return 'amount-not-expected';
    const fare = terms.fares[draft.detail['line'] as string] ?? terms.fares['*'];
    if (fare === undefined) return 'no-tariff';
    const card = draft.card.cardAccountId;
    const last = window.get(card);
    const isTransfer = last !== undefined && nowMs - last.fromMs <= hourMs;
    const entry = pay(draft, [['e-purse', 'online'], isTransfer ? fare.transfer : fare.full], { ...at, nowMs });
    if (typeof entry === 'string') return entry;
    window.delete(card);
    if (!isTransfer) window.set(card, { label: at.label, fromMs: nowMs });
    return entry;
  }

  function pay(draft: Draft, [names, amount]: [string[], bigint], at: At & { nowMs: number }): string | Entry {
    if (amount === 0n) return post(draft, [], at);
    const card = draft.card.cardAccountId;
    const open = names.filter((name) => terms.purses(card).includes(name)).map((name) => `${card} ${name}`);
    if (open.length === 0) return 'purse-not-open';
    const debits: { who: string; fen: bigint }[] = [];
    let rest = amount;
    for (const who of open) {
      const part = min(rest, available(who, at.nowMs));
      if (part > 0n) debits.push({ who, fen: -part });
      rest -= part;
    }
    if (rest > 0n) return 'insufficient-funds';
    if (draft.kind !== 'authorise') return post(draft, [...debits, { who: `${at.participant} payable`, fen: amount }], at);
    const crowded = debits.some(({ who }) => openHolds(at.nowMs).filter((hold) => hold.who === who).length >= 64);
    if (crowded) return 'too-many-holds';
    const entry = post(draft, [], at);
    const untilMs = at.nowMs + 7 * 24 * hourMs;
    for (const { who, fen } of debits) holds.push({ entry, who, leftFen: -fen, untilMs, open: true });
    return entry;
  }

  function capture(draft: Draft, original: Entry, at: At & { nowMs: number }): string | Entry {
    if (draft.amountFen === null) return 'amount-missing';
    const open = openHolds(at.nowMs).filter((hold) => hold.entry === original);
    if (open.length === 0) return 'hold-not-open';
    if (sum(open.map((hold) => hold.leftFen)) < draft.amountFen) return 'capture-exceeds-hold';
    const legs: { who: string; fen: bigint }[] = [];
    let rest = draft.amountFen as bigint;
    for (const hold of open) {
      const part = min(rest, hold.leftFen);
      rest -= part;
      hold.leftFen -= part;
      if (part > 0n) legs.push({ who: hold.who, fen: -part });
      if (hold.leftFen === 0n) hold.open = false;
    }
    if (draft.final) letGo(open, original);
    return post(draft, [...legs, { who: `${at.participant} payable`, fen: draft.amountFen }], at);
  }

  function release(draft: Draft, original: Entry, at: At & { nowMs: number }): string | Entry {
    const open = openHolds(at.nowMs).filter((hold) => hold.entry === original);
    if (open.length === 0) return 'hold-not-open';
    letGo(open, original);
    return post(draft, [], at);
  }

  function letGo(open: readonly Hold[], original: Entry): void {
    takenBack(original, sum(open.map((hold) => hold.leftFen)));
    for (const hold of open) hold.open = false;
  }

  function refund(draft: Draft, original: Entry, at: At & { nowMs: number }): string | Entry {
    if (original.draft.kind !== 'payment' && original.draft.kind !== 'capture') return 'not-returnable';
    if (draft.amountFen === null) return 'amount-missing';
    return giveBack(draft, [original, draft.amountFen], at) ?? 'refund-exceeds-original';
  }

  function reverse(draft: Draft, nowMs: number, at: At): string | Entry {
    const key = draft.original?.businessKey ?? '';
    const before = known.get(key);
    if (before === undefined) {
      const grave = { label: `${at.label}+grave`, kind: 'reversal', refusal: 'reversed-before-arrival' };
      known.set(key, { ...grave, replay: false, legs: [], draft, said: [] });
      return post(draft, [], { ...at, nowMs });
    }
    if (before.draft.card.cardId !== draft.card.cardId || before.draft.amountFen !== draft.amountFen)
      return 'original-mismatch';
    if (before.refusal !== null) return post(draft, [], { ...at, nowMs });
    const original = entries.get(before.label) as Entry;
    if (original.draft.kind === 'authorise') return release(draft, original, { ...at, nowMs });
    if (original.draft.kind !== 'payment' && original.draft.kind !== 'load') return 'not-returnable';
    if (sum([...original.back.values()]) > 0n) return 'already-returned';
    if (original.draft.kind === 'payment')
      return giveBack(draft, [original, sum(original.legs.map((leg) => (leg.fen > 0n ? leg.fen : 0n)))], { ...at, nowMs }) ?? 'fault';
    const [loaded] = original.legs.filter((leg) => leg.balance !== null);
    if (loaded === undefined || available(loaded.who, nowMs) < loaded.fen) return 'insufficient-funds';
    original.back.set(loaded.who, loaded.fen);
    return post(draft, original.legs.map(({ who, fen }) => ({ who, fen: -fen })), { ...at, nowMs });
  }

  /** To the purse that paid last first, never more than it paid; null when there is not so much to give back. */
  function giveBack(draft: Draft, [original, amount]: [Entry, bigint], at: At & { nowMs: number }): Entry | null {
    const paid = original.legs.filter((leg) => leg.balance !== null).toReversed();
    const left = (leg: Move) => -leg.fen - (original.back.get(leg.who) ?? 0n);
    if (sum(paid.map(left)) < amount) return null;
    const legs: { who: string; fen: bigint }[] = [];
    let rest = amount;
    for (const leg of paid) {
      const part = min(rest, left(leg));
      rest -= part;
      if (part === 0n) continue;
      original.back.set(leg.who, (original.back.get(leg.who) ?? 0n) + part);
      legs.push({ who: leg.who, fen: part });
    }
    takenBack(original, amount);
    return post(draft, amount === 0n ? [] : [...legs, { who: `${original.participant} payable`, fen: -amount }], at);
  }

  function takenBack(original: Entry, amount: bigint): void {
    if (amount === 0n) return;
    const card = original.draft.card.cardAccountId;
    const before = spent.get(card);
    if (original.draft.sector === 'shops' && before?.day === original.day)
      spent.set(card, { day: before.day, fen: before.fen > amount ? before.fen - amount : 0n });
    if (window.get(card)?.label === original.label) window.delete(card);
  }

  function post(draft: Draft, legs: Legs, at: At & { nowMs: number }): Entry {
    moves.push(...legs);
    const withBalance = legs.map(({ who, fen }) => ({ who, fen, balance: who.includes('able') ? null : balance(who) }));
    const entry = { label: at.label, draft, participant: at.participant, day: dayOf(at.nowMs), legs: withBalance, back: new Map() };
    entries.set(at.label, entry);
    return entry;
  }

  return { decide, balance, held, available };
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
