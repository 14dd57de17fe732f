import type { Fen } from '#money/fen.ts';

/** A utility as administrators keep it. Times are milliseconds that one answer may take. */
export interface UtilityTerms {
  readonly participantId: number;
  /** The terminal under which its bills are paid. */
  readonly terminalId: number;
  /** http or https, without a slash at its end. */
  readonly baseUrl: string;
  /** The shared key, sealed under the master key. */
  readonly keySealed: Buffer;
  readonly queryTimeoutMs: number;
  readonly writeOffTimeoutMs: number;
  readonly active: boolean;
}

/** A bill that is due, as the utility says now. */
export interface DueBill {
  readonly billNumber: string;
  /** "2026-10". */
  readonly period: string;
  readonly amountFen: Fen;
  /** What being late costs (滞纳金). */
  readonly penaltyFen: Fen;
}

/** A payment as the utility is told of it. The reference names it for ever. */
interface WriteOff {
  readonly reference: string;
  readonly customerNumber: string;
  readonly billNumber: string;
  readonly amountFen: bigint;
}

type Referred = Pick<WriteOff, 'reference' | 'customerNumber'>;

interface DayFileText {
  readonly businessDate: string;
  readonly text: string;
  readonly digestHex: string;
}

/** Where the utility's books are not as the file says. */
interface Difference {
  readonly reference: string;
  readonly kind: string;
  readonly amountFen: bigint;
}

/** Nobody knows: no answer in time, a broken connection, a server error, or an answer that makes no sense. */
export interface Unknown {
  readonly status: 'unknown';
}
interface UtilityRefused {
  readonly status: 'refused';
  /** The utility's own word for it. */
  readonly code: string;
}

export type BillsAnswer =
  | { readonly status: 'found'; readonly bills: readonly DueBill[] }
  | { readonly status: 'unknown-customer' }
  | UtilityRefused
  | Unknown;
type WriteOffAnswer = { readonly status: 'accepted' } | UtilityRefused | Unknown;
type InquiryAnswer = { readonly status: 'posted' | 'not-posted' | 'cancelled' } | UtilityRefused | Unknown;
type CancelAnswer = { readonly status: 'cancelled' } | UtilityRefused | Unknown;
type DayFileAnswer =
  | { readonly status: 'accepted'; readonly differences: readonly Difference[] }
  | UtilityRefused
  | Unknown;

/** What a utility can be asked. None of these throws for what the other side does: that is an answer, too. */
export interface Utility {
  findBills(customerNumber: string): Promise<BillsAnswer>;
  /** Writes a bill off. The same reference is the same write-off; one that was cancelled is refused. */
  writeOff(writeOff: WriteOff): Promise<WriteOffAnswer>;
  inquire(referred: Referred): Promise<InquiryAnswer>;
  /** Voids a reference, also before its write-off has come. */
  cancel(referred: Referred): Promise<CancelAnswer>;
  sendDayFile(file: DayFileText): Promise<DayFileAnswer>;
}
