import { businessKey, reversalKey } from '#idempotency/rules/keys.ts';
import type { Signer, TerminalPost } from '#testing/terminal-client.ts';

export type Kind = 'payment' | 'tap' | 'load' | 'authorise' | 'capture' | 'void' | 'refund' | 'reversal';

/** What a payer gets something for: a payment or a ride. What is held, taken of a hold, loaded or given back is not. */
export const isPayment = (kind: Kind): boolean => kind === 'payment' || kind === 'tap';

/** A request as its sender means it. */
export interface Sent {
  readonly kind: Kind;
  /** Which card of the demonstration. */
  readonly card: number;
  readonly signer: Signer;
  readonly sector: string;
  readonly traceNumber: number;
  /** "2026-11-22T08:30:00". */
  readonly localTime: string;
  /** Null where the tariff decides, and for a void. */
  readonly amountFen: number | null;
  /** The page of what it takes back, captures or voids. */
  readonly original: Page | null;
  /** For a capture: frees what is left. */
  readonly final: boolean;
  readonly what: TerminalPost;
}

/** What a purse was told to have moved. */
export interface Moved {
  readonly purse: string;
  readonly amount: number;
  readonly balance: number;
}

/** A final answer: approved, or declined for a reason that is pinned. */
export interface Final {
  readonly transactionId: string;
  /** Null is approved. */
  readonly refusal: string | null;
  readonly businessDate: string;
  readonly amount: number;
  readonly purses: readonly Moved[];
}

/** One request in the notebook. */
export interface Page {
  readonly sent: Sent;
  /** When it was sent first. */
  startedAtMs: number;
  final: Final | null;
  attempts: number;
  acknowledgements: number;
  waitedMs: number;
}

export const batchNumber = 1;

/** The business key of a request, worked out from what was sent. */
export function keyOf({ sent }: Page): string {
  const { signer, traceNumber, localTime, kind } = sent;
  const trace = {
    terminalId: signer.terminalId,
    batchNumber,
    traceNumber,
    localDate: localTime.slice(0, 10),
  };
  return kind === 'reversal' ? reversalKey(trace) : businessKey(trace);
}

export const nameOfPage = ({ sent }: Page): string => `${sent.kind} ${sent.what.idempotencyKey}`;

export function movedFen(page: Page | null): number {
  return page?.final?.purses.reduce((sum, { amount }) => sum + amount, 0) ?? 0;
}
