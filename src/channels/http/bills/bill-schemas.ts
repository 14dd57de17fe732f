import { z } from '@hono/zod-openapi';
import { cardNumber, currency, fenWithin, trace } from '#channels/http/wire/schemas.ts';
import { purses } from '#ledger/rules/accounts.ts';
import { amountFenMax } from '#money/fen.ts';

const amount = fenWithin(1, Number(amountFenMax));
const utility = z
  .int()
  .min(1)
  .max(999_999)
  .openapi({ description: "The utility's participant number", example: 400_001 });
const customerNumber = z
  .string()
  .regex(/^[A-Za-z0-9]{4,32}$/, 'a customer number')
  .openapi({ description: 'Only in a body, never in a URL or a log' });
const billNumber = z.string().regex(/^[A-Za-z0-9-]{1,32}$/, 'a bill number');

export const billQueryBody = z.strictObject({ utility, customerNumber }).openapi('BillQuery');
export const billPaymentBody = z
  .strictObject({
    cardNumber,
    utility,
    customerNumber,
    billNumber,
    amount: amount.openapi({
      description: 'The `due` of the query, which has the penalty in it, to the fen',
      example: 5025,
    }),
    currency,
    purse: z.enum(purses).optional(),
    ...trace,
  })
  .openapi('BillPayment');
export const billInquiryBody = z.strictObject(trace).openapi('BillPaymentInquiry');
export type BillPaymentBody = z.infer<typeof billPaymentBody>;

/** What an administrator says of a utility; the answer is the same without key and reason. */
const utilityTerms = {
  utility,
  terminalId: z.int().min(1).max(99_999_999).openapi({ description: 'Under which its bills are paid' }),
  baseUrl: z
    .string()
    .max(200)
    .regex(/^https?:\/\/[^/?#@\s]+(\/[A-Za-z0-9._-]+)*$/, 'an address by http or https, without a query'),
  queryTimeoutMs: z.int().min(50).max(5_000),
  writeOffTimeoutMs: z.int().min(50).max(10_000),
  active: z.boolean(),
};
export const utilityBody = z
  .strictObject({
    ...utilityTerms,
    key: z
      .string()
      .regex(/^([0-9a-f]{2}){32,64}$/, '32 to 64 bytes in hex')
      .optional()
      .openapi({ description: 'The shared key; left out, the one that there is stays' }),
    reason: z.string().min(1).max(200),
  })
  .openapi('Utility');
export const utilityAnswer = z.object(utilityTerms).openapi('SavedUtility');

const money = z.int();
export const billsAnswer = z
  .object({
    utility: z.int(),
    currency,
    bills: z.array(
      z.object({
        billNumber: z.string(),
        period: z.string().openapi({ example: '2026-10' }),
        amount: money.openapi({ description: 'The bill alone: less than is to be paid once it is late' }),
        penalty: money.openapi({ description: 'What being late costs (滞纳金)' }),
        due: money.openapi({
          description: 'Amount and penalty together: what a payment gives as its `amount`',
        }),
        state: z.enum(['due', 'being-paid', 'paid']),
      }),
    ),
  })
  .openapi('Bills');
export const billPaymentAnswer = z
  .object({
    status: z.enum(['written-off', 'returned', 'in-progress']).openapi({
      description:
        'written-off: the utility has it; returned: the holder has the money back; in-progress: ask again',
    }),
    transactionId: z.string().nullable().openapi({ description: 'Null until money was taken' }),
    returnTransactionId: z.string().nullable(),
    billNumber: z.string(),
    amount: money,
    currency,
    reason: z
      .enum(['utility-refused', 'utility-silent', 'caller-gone'])
      .nullable()
      .openapi({ description: 'Why the money went back' }),
  })
  .openapi('BillPaymentState');
export const dayFileAnswer = z
  .object({
    utility: z.int(),
    businessDate: z.string(),
    digest: z.string().openapi({ description: 'SHA-256 of the file in hex' }),
    lineCount: z.int(),
    amount: money.openapi({ description: 'The sum of the lines' }),
    ledgerAmount: money.openapi({ description: 'What the ledger owes the utility for the day' }),
    difference: money.openapi({ description: 'The ledger less the file: 0, or a break' }),
    sentAt: z.string().nullable(),
    breaks: z.array(z.object({ reference: z.string(), kind: z.string(), amount: money })),
    file: z.string().openapi({
      description:
        '笔数|总金额, then 交易日期|交易流水号|客户编号|缴费金额|渠道|交易类型 (01 written off, 02 given back, 03 return)',
    }),
  })
  .openapi('UtilityDayFile');
