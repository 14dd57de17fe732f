import { z } from 'zod';
import { amountFenMax, fen } from '#money/fen.ts';
import { signRequest } from '#terminals/rules/signature.ts';
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
  const ask = async <T>({ operation, body, answer, ...how }: Asked<T>): Promise<T | Unknown> => {
    const path = `${base.pathname.replace(/\/$/, '')}/${operation}`;
    const bytes = Buffer.from(JSON.stringify(body));
    const time = String(Date.now());
    const signature = signRequest(key, { method: 'POST', path, time, key: how.key, body: bytes });
    try {
      const response = await fetch(new URL(path, base), {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'request-time': time,
          'idempotency-key': how.key,
          'request-signature': signature,
        },
        body: bytes,
        // A utility that sends us elsewhere is not followed: nobody agreed on that place.
        redirect: 'error',
        signal: AbortSignal.timeout(how.timeoutMs),
      });
      const text = await readBounded(response);
      if (!response.ok || text === null) return unknown;
      const parsed = answer.safeParse(JSON.parse(text));
      return parsed.success ? parsed.data : unknown;
    } catch {
      return unknown;
    }
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

/** The body, or null when it is larger than any answer that was agreed on: the rest is not taken in. */
async function readBounded(response: Response): Promise<string | null> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > answerBytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
