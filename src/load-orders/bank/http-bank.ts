import { z } from 'zod';
import { type BankAnswer, bankReasons } from '#load-orders/rules/order.ts';
import { signRequest } from '#terminals/rules/signature.ts';
import type { Bank, BankAsk } from './bank.ts';

/** Where a bank answers, and how we sign. */
export interface BankAddress {
  /** "https://bank.example", without a path. */
  readonly address: string;
  /** The number under which the bank knows us. */
  readonly clientId: number;
  readonly key: Buffer;
  /** How long one answer may take, the body included. */
  readonly timeoutMs: number;
}

const answerBytesMax = 4_096;

const echoed = { reference: z.string(), amount: z.int(), currency: z.literal('CNY') };
/** Every answer names its debit again: one that speaks of another is none. */
const answerShape = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('done'), ...echoed }),
  z.strictObject({
    status: z.literal('refused'),
    reason: z.enum(bankReasons).catch('bank-refused'),
    ...echoed,
  }),
  z.strictObject({ status: z.literal('never-debited'), ...echoed }),
]);

const unknown: BankAnswer = { status: 'unknown' };

/** A bank over HTTP: signed as terminals sign, each call bounded in time and size. Redirects are not followed. */
export function httpBank(at: BankAddress): Bank {
  const ask = (path: string) => async (asked: BankAsk) => {
    try {
      return await answerOf(await post(at, path, asked), asked);
    } catch {
      // Refused connections, time-outs and broken answers are one: nobody knows what the bank did.
      return unknown;
    }
  };
  return { debit: ask('/v1/debits'), inquire: ask('/v1/inquiries'), refund: ask('/v1/refunds') };
}

function post(at: BankAddress, path: string, asked: BankAsk): Promise<Response> {
  const body = Buffer.from(
    JSON.stringify({
      reference: asked.reference,
      accountNumber: asked.accountNumber,
      amount: Number(asked.amountFen),
      currency: 'CNY',
    }),
  );
  const time = String(Date.now());
  const signed = { method: 'POST', path, time, key: asked.reference, body };
  return fetch(at.address + path, {
    method: 'POST',
    redirect: 'error',
    signal: AbortSignal.timeout(at.timeoutMs),
    headers: {
      'content-type': 'application/json',
      'client-id': String(at.clientId),
      'request-time': time,
      'idempotency-key': asked.reference,
      'request-signature': signRequest(at.key, signed),
    },
    body,
  });
}

async function answerOf(response: Response, asked: BankAsk): Promise<BankAnswer> {
  const text = await readBounded(response);
  // Only what the interface says is an answer; a proxy's page with another status says nothing about money.
  if (response.status !== 200 || text === null) return unknown;
  const parsed = answerShape.safeParse(JSON.parse(text));
  if (!parsed.success) return unknown;
  const { data } = parsed;
  if (data.reference !== asked.reference || BigInt(data.amount) !== asked.amountFen) return unknown;
  return data.status === 'refused' ? { status: 'refused', reason: data.reason } : { status: data.status };
}

/** The body, or null for one that is larger than any answer of the interface. */
async function readBounded(response: Response): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > answerBytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
