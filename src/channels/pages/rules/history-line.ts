import type { Kind } from '#clearing/request.ts';
import { accountCode, type Purse, purses } from '#ledger/rules/accounts.ts';
import { hainanDay } from '#platform/calendar.ts';
import { idTimeMs } from '#platform/ids.ts';

/** An entry with its codes read: what a line of the history is made of. */
export interface ReadEntry {
  readonly id: bigint;
  readonly kind: Kind;
  readonly sector: string;
  readonly participantId: number;
  readonly terminalId: number;
  readonly businessDate: string;
  readonly originalId: bigint | null;
  readonly legs: readonly {
    readonly accountId: bigint;
    readonly amountFen: bigint;
    readonly balanceFen: bigint;
  }[];
  readonly detail: Readonly<Record<string, string>>;
  readonly hold: {
    readonly amountFen: bigint;
    readonly capturedFen: bigint;
    readonly expiresAtMs: number;
    readonly isOpen: boolean;
  } | null;
}

/**
 * What a request said and its sector noted, as far as it means something to its holder, in the order in which it is
 * told. `passUsed` is the pass that a ride was taken on, `pass` one that was bought; `own` is what a settlement left
 * to the holder's own money.
 */
const factNames = [
  'line',
  'boarded',
  'alighted',
  'passUsed',
  'pass',
  'begins',
  'ends',
  'transfer',
  'concession',
  'beyond',
  'capped',
  'programme',
  'period',
  'bill',
  'customer',
  'total',
  'fund',
  'personalAccount',
  'mutualAid',
  'own',
  'cash',
  'cancels',
  'adjusts',
  'reason',
] as const;
export type FactName = (typeof factNames)[number];

/** The facts whose value is an amount in fen, as text: who paid which part of a hospital's settlement. */
const shareNames = ['total', 'fund', 'personalAccount', 'mutualAid', 'own', 'cash'] as const;
export type ShareName = (typeof shareNames)[number];

export function isShare(name: FactName): name is ShareName {
  return (shareNames as readonly FactName[]).includes(name);
}

export interface Fact {
  readonly name: FactName;
  readonly value: string;
}

/** A line of the history: what happened, where, and how it explains the balance. */
export interface HistoryLine {
  readonly id: bigint;
  readonly atMs: number;
  readonly day: string;
  readonly kind: Kind;
  readonly sector: string;
  readonly participantId: number;
  readonly terminalId: number;
  readonly businessDate: string;
  /** What the purses together got (+) or gave (-). */
  readonly amountFen: bigint;
  readonly legs: readonly {
    readonly purse: Purse;
    readonly amountFen: bigint;
    readonly balanceFen: bigint;
  }[];
  readonly facts: readonly Fact[];
  readonly hold: ReadEntry['hold'];
  readonly original: Original | null;
}

/** What a capture, void, refund, reversal or compensation speaks of. */
interface Original {
  readonly id: bigint;
  readonly atMs: number;
  readonly participantId: number;
  readonly amountFen: bigint;
}

const isPurseName = (name: string): name is Purse => (purses as readonly string[]).includes(name);

/** The line of an entry, with the original it speaks of where there is one. */
export function historyLine(entry: ReadEntry, originals: ReadonlyMap<bigint, ReadEntry>): HistoryLine {
  const original = entry.originalId === null ? undefined : originals.get(entry.originalId);
  const atMs = idTimeMs(entry.id);
  return {
    id: entry.id,
    atMs,
    day: hainanDay(atMs),
    kind: entry.kind,
    sector: entry.sector,
    participantId: entry.participantId,
    terminalId: entry.terminalId,
    businessDate: entry.businessDate,
    amountFen: netFen(entry),
    legs: entry.legs.flatMap(({ accountId, amountFen, balanceFen }) => {
      const purse = accountCode(accountId);
      return isPurseName(purse) ? [{ purse, amountFen, balanceFen }] : [];
    }),
    facts: factsOf(entry.detail),
    hold: entry.hold,
    original: original === undefined ? null : originalOf(original),
  };
}

function netFen(entry: ReadEntry): bigint {
  return entry.legs.reduce((sum, leg) => sum + leg.amountFen, 0n);
}

function originalOf(entry: ReadEntry): Original {
  return {
    id: entry.id,
    atMs: idTimeMs(entry.id),
    participantId: entry.participantId,
    // An authorisation moves nothing: what it held is what it was about.
    amountFen: entry.hold === null ? netFen(entry) : -entry.hold.amountFen,
  };
}

function factsOf(detail: Readonly<Record<string, string>>): Fact[] {
  const told = { ...detail, ...rideFields(detail), ...settlementFields(detail) };
  return factNames.flatMap((name) => {
    const value = told[name];
    // A leg that pays nothing says nothing.
    const isEmpty = value === undefined || value === '' || (value === '0' && isShare(name));
    return isEmpty ? [] : [{ name, value }];
  });
}

/** A ride on a pass names the pass too, but does not buy it. */
function rideFields(detail: Readonly<Record<string, string>>): Record<string, string> {
  const { line, pass = '', from: boarded = '', to: alighted = '' } = detail;
  return line === undefined ? {} : { boarded, alighted, passUsed: pass, pass: '' };
}

const amountPattern = /^\d{1,12}$/;

/** Of a hospital's total, what neither the funds, nor the personal account, nor cash paid, is the holder's own. */
function settlementFields(detail: Readonly<Record<string, string>>): Record<string, string> {
  const { total = '', fund = '', personalAccount = '', mutualAid = '', cash = '' } = detail;
  const legs = [fund, personalAccount, mutualAid, cash];
  if (![total, ...legs].every((text) => amountPattern.test(text))) return {};
  return { own: String(legs.reduce((left, leg) => left - BigInt(leg), BigInt(total))) };
}

/** The lines by day, in the order they come in: newest day first when the newest line is first. */
export function linesByDay(lines: readonly HistoryLine[]): { day: string; lines: HistoryLine[] }[] {
  const days: { day: string; lines: HistoryLine[] }[] = [];
  for (const line of lines) {
    const last = days.at(-1);
    if (last?.day === line.day) last.lines.push(line);
    else days.push({ day: line.day, lines: [line] });
  }
  return days;
}
