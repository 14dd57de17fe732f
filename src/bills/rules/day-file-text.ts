/**
 * The day's file for a utility, in the layout in which collectors report bills (`PayCheck`): UTF-8, "|" between the
 * fields, a summary line `笔数|总金额`, then a line for each movement of money of the business day:
 * `交易日期|交易流水号|客户编号|缴费金额|渠道|交易类型`. Amounts are fen.
 *
 * 01 the bill was paid and stands in the utility's books;
 * 02 money was taken, and was or will be given back: it must not stand in the utility's books;
 * 03 money was given back (the amount is negative): it must not stand in the utility's books.
 *
 * So the sum is what the utility is owed for the day, and a payment that the utility has posted in spite of its
 * cancellation meets its own 02 or 03 here, upon which the utility takes it back.
 */
export interface DayPayment {
  readonly id: string;
  readonly customerNumber: string;
  readonly amountFen: bigint;
  readonly terminalId: number;
  readonly state: 'written-off' | 'returned';
  readonly paidOn: string;
  readonly returnedOn: string | null;
}

export interface DayFileLine {
  readonly reference: string;
  readonly customerNumber: string;
  readonly amountFen: bigint;
  readonly terminalId: number;
  readonly type: '01' | '02' | '03';
}

/** The lines of a payment on a business day: none, one, or both its ways. */
export function linesOf(payment: DayPayment, businessDate: string): DayFileLine[] {
  const { id: reference, customerNumber, amountFen, terminalId, state, paidOn, returnedOn } = payment;
  const line = { reference, customerNumber, terminalId };
  const lines: DayFileLine[] = [];
  if (paidOn === businessDate)
    lines.push({ ...line, amountFen, type: state === 'written-off' ? '01' : '02' });
  if (returnedOn === businessDate) lines.push({ ...line, amountFen: -amountFen, type: '03' });
  return lines;
}

/** What the utility is owed by these lines. */
export function sumOfLines(lines: readonly DayFileLine[]): bigint {
  return lines.reduce((sum, line) => sum + line.amountFen, 0n);
}

/** The file's text. The same lines give the same text, so its digest says whether it is the same file. */
export function dayFileText(businessDate: string, lines: readonly DayFileLine[]): string {
  const day = businessDate.replaceAll('-', '');
  const details = lines.map(({ reference, customerNumber, amountFen, terminalId, type }) =>
    [day, reference, customerNumber, amountFen, `T${terminalId}`, type].join('|'),
  );
  return `${[`${lines.length}|${sumOfLines(lines)}`, ...details].join('\n')}\n`;
}
