import { z } from 'zod';
import { type BankAnswer, bankReasons } from '#load-orders/rules/order.ts';
import { type CallAnswer, postSigned } from '#terminals/post-signed.ts';
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
  const ask = (path: string) => async (asked: BankAsk) => answerOf(await post(at, path, asked), asked);
  return { debit: ask('/v1/debits'), inquire: ask('/v1/inquiries'), refund: ask('/v1/refunds') };
}

function post(at: BankAddress, path: string, asked: BankAsk): Promise<CallAnswer | null> {
  const { reference, accountNumber, amountFen } = asked;
  return postSigned({
    url: at.address + path,
    key: at.key,
    idempotencyKey: reference,
    headers: { 'client-id': String(at.clientId) },
    body: { reference, accountNumber, amount: Number(amountFen), currency: 'CNY' },
    timeoutMs: at.timeoutMs,
    answerBytesMax,
  });
}

function answerOf(answer: CallAnswer | null, asked: BankAsk): BankAnswer {
  // Only what the interface says is an answer; a proxy's page with another status says nothing about money.
  if (answer?.status !== 200) return unknown;
  const parsed = answerShape.safeParse(answer.json);
  if (!parsed.success) return unknown;
  const { data } = parsed;
  if (data.reference !== asked.reference || BigInt(data.amount) !== asked.amountFen) return unknown;
  return data.status === 'refused' ? { status: 'refused', reason: data.reason } : { status: data.status };
}
