import { kindOfCode } from '#clearing/request.ts';
import { absFen, fenToJson } from '#money/fen.ts';
import { isoTime } from '#platform/calendar.ts';
import { idTimeMs } from '#platform/ids.ts';
import { sectorOfCode } from '#sectors/all.ts';

/** A transaction as one participant sees it: what it moved between the participant and us. */
export interface OwnTransaction {
  readonly id: bigint;
  readonly cardAccountId: bigint;
  readonly originalId: bigint | null;
  readonly kind: number;
  readonly sector: number;
  readonly terminalId: number;
  readonly businessDate: string;
  /** "2026-11-22 08:30:00", as the terminal wrote it; null where none did. */
  readonly localTime: string | null;
  /** The last four digits of the card's number. */
  readonly cardTail: string | null;
  /** What was asked for; null where a tariff decided. */
  readonly askedFen: bigint | null;
  /** More is owed to the participant, or (below zero) less. */
  readonly movedFen: bigint;
}

/** A transaction id as terminals and participants are told it: `card account-id`. */
function transactionIdText(cardAccountId: bigint, id: bigint): string {
  return `${cardAccountId}-${id}`;
}

/** The transaction as participants read it, and as their webhooks carry it: one shape. */
export function ownTransactionJson(own: OwnTransaction): OwnTransactionJson {
  const { cardAccountId, originalId, movedFen } = own;
  const kind = kindOfCode(own.kind);
  const amountFen = kind === 'authorise' ? (own.askedFen ?? 0n) : absFen(movedFen);
  return {
    transactionId: transactionIdText(cardAccountId, own.id),
    kind,
    sector: sectorOfCode(own.sector).name,
    amount: fenToJson(amountFen),
    direction: movedFen === 0n ? 'none' : movedFen > 0n ? 'credit' : 'debit',
    currency: 'CNY',
    businessDate: own.businessDate,
    decidedAt: isoTime(idTimeMs(own.id)),
    localTime: own.localTime === null ? null : own.localTime.replace(' ', 'T'),
    terminalId: own.terminalId,
    cardTail: own.cardTail,
    originalTransactionId: originalId === null ? null : transactionIdText(cardAccountId, originalId),
  };
}

export interface OwnTransactionJson {
  readonly transactionId: string;
  readonly kind: string;
  readonly sector: string;
  /** Fen: what moved; for an authorisation what it was asked for. */
  readonly amount: number;
  /** Credit: owed to the participant. Debit: owed by it, or no longer owed to it. */
  readonly direction: 'credit' | 'debit' | 'none';
  readonly currency: 'CNY';
  readonly businessDate: string;
  readonly decidedAt: string;
  readonly localTime: string | null;
  readonly terminalId: number;
  readonly cardTail: string | null;
  readonly originalTransactionId: string | null;
}
