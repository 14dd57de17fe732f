import { type Fen, fen } from '#money/fen.ts';
import { hainanDay } from '#platform/calendar.ts';
import { type Effective, effectiveOn } from '#sectors/rules/effective.ts';

/** A product's limits in shops. */
export interface Limit extends Effective {
  readonly product: string;
  readonly perPaymentFen: bigint;
  readonly perDayFen: bigint;
}

/** What a card account has spent in shops on its latest day. */
export interface Spending {
  readonly day: string;
  readonly spentFen: Fen;
}

export type LimitRefusal = 'over-payment-limit' | 'over-day-limit' | 'no-tariff';

/** The day's spending after a payment, or the limit it would pass. Each limit may be reached exactly. */
export function spend(
  payment: { readonly amountFen: Fen; readonly nowMs: number },
  limits: readonly Limit[] | undefined,
  before: Spending | undefined,
): Spending | LimitRefusal {
  const day = hainanDay(payment.nowMs);
  const limit = effectiveOn(limits, day);
  if (limit === undefined) return 'no-tariff';
  if (payment.amountFen > limit.perPaymentFen) return 'over-payment-limit';
  const spentFen = fen((before?.day === day ? before.spentFen : 0n) + payment.amountFen);
  if (spentFen > limit.perDayFen) return 'over-day-limit';
  return { day, spentFen };
}

/** What is taken back on the day it was spent may be spent again; later it changes nothing. */
export function unspend(
  undone: { readonly amountFen: Fen; readonly spentAtMs: number },
  before: Spending | undefined,
): Spending | null {
  if (before === undefined || before.day !== hainanDay(undone.spentAtMs)) return null;
  const rest = before.spentFen - undone.amountFen;
  return { day: before.day, spentFen: fen(rest < 0n ? 0n : rest) };
}
