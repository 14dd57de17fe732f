import { idMax } from '#platform/columns.ts';
import { requirePageLimit } from '#platform/limits/page-limit.ts';
import type { Session } from '#platform/postgres.ts';
import type { PaymentState } from './rules/payment-life.ts';
import { type ReturnReason, readPaymentsOf } from './store.ts';
import { readNamesOfUtilities } from './utilities/store.ts';

/** A bill that a holder paid, or tried to. */
export interface HolderBill {
  readonly sequence: bigint;
  readonly utilityId: number;
  readonly utilityName: string;
  readonly utilityNameEn: string;
  readonly billNumber: string;
  /** Null where the utility was never heard. */
  readonly period: string | null;
  readonly amountFen: bigint;
  readonly state: PaymentState;
  /** Why the money went back. */
  readonly reason: ReturnReason | null;
  /** The entry in the history, once money was taken. */
  readonly entryId: bigint | null;
  readonly createdAt: Date;
}

const billsPageMax = 100;

/** A page of a card account's bills, newest first, older than the cursor (a `sequence`). */
export async function billsOf(
  session: Session,
  cardAccountId: bigint,
  page: { readonly before: bigint | null; readonly limit: number },
): Promise<HolderBill[]> {
  requirePageLimit(page.limit, billsPageMax);
  const { before, limit } = page;
  const payments = await readPaymentsOf(session, cardAccountId, { before: before ?? idMax, limit });
  const names = await readNamesOfUtilities(session, [...new Set(payments.map((one) => one.utilityId))]);
  return payments.map((payment) => ({
    sequence: payment.sequence,
    utilityId: payment.utilityId,
    utilityName: names.get(payment.utilityId)?.name ?? '',
    utilityNameEn: names.get(payment.utilityId)?.nameEn ?? '',
    billNumber: payment.billNumber,
    period: payment.period,
    amountFen: payment.amountFen,
    state: payment.state,
    reason: payment.reason,
    entryId: payment.entryId,
    createdAt: payment.createdAt,
  }));
}
