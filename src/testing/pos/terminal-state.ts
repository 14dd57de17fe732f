import type { KeyForm, MacMode } from '#terminals/keys/key-service.ts';

/** What a terminal does that moves or holds money. */
export type PosKind =
  | 'payment'
  | 'void'
  | 'refund'
  | 'adjustment'
  | 'tip'
  | 'authorise'
  | 'cancel-hold'
  | 'capture'
  | 'cancel-capture';

/** One transaction as the terminal keeps it until its batch is settled. */
export interface Entry {
  readonly kind: PosKind;
  /** Six digits, and so is the batch. */
  readonly trace: string;
  readonly batch: string;
  /** Twelve digits of fen, as field 4 carries them: of an adjustment and a tip the new total of their sale. */
  readonly amount: string;
  readonly cardNumber: string;
  /** All fields of the request but its PIN and its MAC: a repeat sends the same, a reversal most of them. */
  readonly fields: Readonly<Record<number, string>>;
  /** When it was done, "2026-11-22 08:30:00". */
  readonly at: string;
  /** Field 39 of a final answer; null while nobody knows what became of it. */
  code: string | null;
  /** Fields 37 and 38 of the answer, where it had them. */
  rrn: string | null;
  approval: string | null;
  /** Field 39 of its reversal; "open" once one was begun and is not answered. */
  reversal: string | null;
}

/** Working keys in hexadecimal, and how they were asked for. */
export interface TerminalKeys {
  readonly form: KeyForm;
  readonly mode: MacMode;
  readonly pin: string;
  readonly mac: string;
}

/** A settlement under way: sent again as it was until the host answered. */
export interface Settling {
  readonly trace: string;
  readonly field48: string;
  /** How many of the batch's transactions the host was told. */
  uploaded: number;
}

/** All that a terminal knows: plain JSON, so that it can be kept in a file and survive a kill. */
export interface TerminalState {
  readonly terminalId: number;
  readonly participantId: number;
  batchNumber: number;
  nextTrace: number;
  keys: TerminalKeys | null;
  /** The entries of the batch, the oldest first. */
  entries: Entry[];
  settling: Settling | null;
}

/** A terminal out of the box. Its first trace is told: one that starts anew must not meet its own old numbers. */
export function freshState(of: {
  readonly terminalId: number;
  readonly participantId: number;
  readonly firstTrace: number;
}): TerminalState {
  return {
    terminalId: of.terminalId,
    participantId: of.participantId,
    batchNumber: 1,
    nextTrace: of.firstTrace,
    keys: null,
    entries: [],
    settling: null,
  };
}

/** More than three digits of count cannot be settled. */
export const batchEntriesMax = 999;
const traceMax = 999_999;

/** Gives the next trace number away. */
export function takeTrace(state: TerminalState): string {
  const trace = state.nextTrace;
  state.nextTrace = trace === traceMax ? 1 : trace + 1;
  return String(trace).padStart(6, '0');
}

/** A settled batch is forgotten, the next one begins. What is open stays until it was repeated or reversed. */
export function beginBatch(state: TerminalState, batchNumber: number): void {
  state.batchNumber = batchNumber;
  state.entries = state.entries.filter(isOpen);
  state.settling = null;
}

/** Whether nobody knows what became of it: it is repeated or reversed. */
export const isOpen = ({ code, reversal }: Entry): boolean =>
  reversal === 'open' || (reversal === null && code === null);

/** Taken back, or there was nothing to take back. */
const undone = ['00', '25'];

/** Whether it stands in the books as the terminal knows them: a reversal may be refused. */
export const isStanding = ({ code, reversal }: Entry): boolean =>
  code === '00' && (reversal === null || (reversal !== 'open' && !undone.includes(reversal)));

/** What belongs to the batch that is open now. */
export function batchEntries({ entries, batchNumber }: TerminalState): Entry[] {
  return entries.filter(({ batch }) => Number(batch) === batchNumber);
}
