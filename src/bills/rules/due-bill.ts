import type { BillsAnswer, DueBill } from '#bills/utility.ts';

/** Why a bill cannot be paid now. Nothing has happened yet. */
export type DueRefusal = 'utility-silent' | 'bill-unknown' | 'bill-amount-changed';

/** What is due: the bill and what being late costs. */
export function dueFen(bill: DueBill): bigint {
  return bill.amountFen + bill.penaltyFen;
}

/**
 * The bill as the utility says now, if it is due in exactly this amount: not a fen less, or the utility would refuse
 * it after the holder has paid; not a fen more, for nobody gives change.
 */
export function judgeDue(
  answer: BillsAnswer,
  asked: { readonly billNumber: string; readonly amountFen: bigint },
): DueBill | DueRefusal {
  switch (answer.status) {
    case 'unknown':
    case 'refused':
      return 'utility-silent';
    case 'unknown-customer':
      return 'bill-unknown';
    case 'found': {
      const bill = answer.bills.find((one) => one.billNumber === asked.billNumber);
      if (bill === undefined) return 'bill-unknown';
      return dueFen(bill) === asked.amountFen ? bill : 'bill-amount-changed';
    }
  }
}
