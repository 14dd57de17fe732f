import { type Fen, fen } from '#money/fen.ts';
import { hainanDay } from '#platform/calendar.ts';
import type { Effective } from '#sectors/rules/effective.ts';

/** A product's limits in shops. */
export interface Limit extends Effective {
  readonly product: string;
  readonly perPaymentFen: bigint;
  readonly perDayFen: bigint;
  /** Up to here, and including it, a payment needs no PIN (小额免密). */
  readonly pinFreeFen: bigint;
}

/** What a card account has spent in shops on its latest day. */
export interface Spending {
  readonly day: string;
  readonly spentFen: Fen;
}

export type LimitRefusal = 'over-payment-limit' | 'over-day-limit' | 'pin-required';

interface Payment {
  readonly amountFen: Fen;
  readonly nowMs: number;
  readonly pinVerified: boolean;
}

/**
 * The day's spending after a payment, or the limit it would pass. Each limit may be reached exactly. The PIN is
 * asked for last: nobody types it for a payment that is over a limit anyway.
 */
export function spend(
  payment: Payment,
  limit: Omit<Limit, 'product' | 'effectiveFrom'>,
  before: Spending | undefined,
): Spending | LimitRefusal {
  const day = hainanDay(payment.nowMs);
  if (payment.amountFen > limit.perPaymentFen) return 'over-payment-limit';
  const spentFen = fen((before?.day === day ? before.spentFen : 0n) + payment.amountFen);
  if (spentFen > limit.perDayFen) return 'over-day-limit';
  return payment.amountFen > limit.pinFreeFen && !payment.pinVerified ? 'pin-required' : { day, spentFen };
}

interface Undone {
  readonly amountFen: Fen;
  readonly spentAtMs: number;
}

/** What is taken back on the day it was spent may be spent again; later it changes nothing. */
export function unspend(undone: Undone, before: Spending | undefined): Spending | null {
  if (before === undefined || before.day !== hainanDay(undone.spentAtMs)) return null;
  const rest = before.spentFen - undone.amountFen;
  return { day: before.day, spentFen: fen(rest < 0n ? 0n : rest) };
}

/** What was taken back and is not any more counts on its day again, also beyond the limit: it was within it once. */
export function respend(undone: Undone, before: Spending | undefined): Spending | null {
  if (before === undefined || before.day !== hainanDay(undone.spentAtMs)) return null;
  return { day: before.day, spentFen: fen(before.spentFen + undone.amountFen) };
}
