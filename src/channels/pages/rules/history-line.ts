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

/** The fields of a request that mean something to its holder, in the order in which they are told. */
const factNames = ['line', 'pass', 'concession', 'programme', 'period', 'utility'] as const;
export type FactName = (typeof factNames)[number];

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
  return factNames.flatMap((name) => {
    const value = detail[name];
    return value === undefined || value === '' ? [] : [{ name, value }];
  });
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
