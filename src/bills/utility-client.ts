import { z } from 'zod';
import { amountFenMax, fen } from '#money/fen.ts';
import { postSigned } from '#terminals/post-signed.ts';
import type { Unknown, Utility, UtilityTerms } from './utility.ts';

/** An answer is a few lines; a day's differences are the longest. Anything larger is not read to its end. */
const answerBytesMax = 4 * 1024 * 1024;
const billsMax = 100;
const differencesMax = 20_000;
const dayFileTimeoutMs = 60_000;

const amount = z.int().min(0).max(Number(amountFenMax));
const code = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);
const refused = z.object({ status: z.literal('refused'), code });
const billNumber = z.string().regex(/^[A-Za-z0-9-]{1,32}$/);
const period = z.string().regex(/^20\d\d-(0[1-9]|1[0-2])$/);

const dueBill = z.object({ billNumber, period, amount, penalty: amount }).transform((bill) => ({
  billNumber: bill.billNumber,
  period: bill.period,
  amountFen: fen(bill.amount),
  penaltyFen: fen(bill.penalty),
}));
const difference = z
  .object({ reference: z.string().regex(/^[A-Za-z0-9-]{1,64}$/), kind: code, amount: z.int() })
  .transform(({ reference, kind, amount: said }) => ({ reference, kind, amountFen: BigInt(said) }));

const billsAnswer = z.discriminatedUnion('status', [
  z.object({ status: z.literal('found'), bills: z.array(dueBill).max(billsMax) }),
  z.object({ status: z.literal('unknown-customer') }),
  refused,
]);
const writeOffAnswer = z.discriminatedUnion('status', [z.object({ status: z.literal('accepted') }), refused]);
const inquiryAnswer = z.discriminatedUnion('status', [
  z.object({ status: z.enum(['posted', 'not-posted', 'cancelled']) }),
  refused,
]);
const cancelAnswer = z.discriminatedUnion('status', [z.object({ status: z.literal('cancelled') }), refused]);
const dayFileAnswer = z.discriminatedUnion('status', [
  z.object({ status: z.literal('accepted'), differences: z.array(difference).max(differencesMax) }),
  refused,
]);

const unknown: Unknown = { status: 'unknown' };

interface Asked<T> {
  readonly operation: string;
  readonly body: object;
  readonly key: string;
  readonly timeoutMs: number;
  readonly answer: z.ZodType<T>;
}

/**
 * A utility over HTTP: JSON, signed as terminals sign (HMAC-SHA256 over method, path, time, key, body digest) under
 * the key that it shares with us. What does not come back whole, in time and in the form agreed is `unknown`.
 */
export function utilityClient(terms: UtilityTerms, key: Buffer): Utility {
  const base = new URL(terms.baseUrl);
  if (base.protocol !== 'http:' && base.protocol !== 'https:')
    throw new RangeError('a utility is spoken to by http or https');
  const { queryTimeoutMs, writeOffTimeoutMs } = terms;
  const root = base.origin + base.pathname.replace(/\/$/, '');
  const ask = async <T>({ operation, body, answer, key: idempotencyKey, timeoutMs }: Asked<T>) => {
    const url = `${root}/${operation}`;
    const got = await postSigned({ url, key, idempotencyKey, body, timeoutMs, answerBytesMax });
    if (got === null || got.status < 200 || got.status > 299) return unknown;
    const parsed = answer.safeParse(got.json);
    return parsed.success ? parsed.data : unknown;
  };
  return {
    findBills: (customerNumber) =>
      ask({
        operation: 'bills',
        body: { customerNumber },
        key: '',
        timeoutMs: queryTimeoutMs,
        answer: billsAnswer,
      }),
    writeOff: ({ reference, customerNumber, billNumber, amountFen }) =>
      ask({
        operation: 'write-offs',
        body: { reference, customerNumber, billNumber, amount: Number(amountFen) },
        key: reference,
        timeoutMs: writeOffTimeoutMs,
        answer: writeOffAnswer,
      }),
    inquire: ({ reference, customerNumber }) =>
      ask({
        operation: 'inquiries',
        body: { reference, customerNumber },
        key: reference,
        timeoutMs: queryTimeoutMs,
        answer: inquiryAnswer,
      }),
    cancel: ({ reference, customerNumber }) =>
      ask({
        operation: 'cancellations',
        body: { reference, customerNumber },
        key: reference,
        timeoutMs: queryTimeoutMs,
        answer: cancelAnswer,
      }),
    sendDayFile: (file) =>
      ask({
        operation: 'day-files',
        body: file,
        key: `day-file ${file.businessDate}`,
        timeoutMs: dayFileTimeoutMs,
        answer: dayFileAnswer,
      }),
  };
}
