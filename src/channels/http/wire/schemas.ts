import { z } from '@hono/zod-openapi';
import { amountFenMax } from '#money/fen.ts';
import { dayNumber } from '#platform/calendar.ts';
import { terminalSectors } from '#sectors/all.ts';
import { type ProblemCode, problemCatalogue } from './problem-catalogue.ts';

const problemCodes = Object.keys(problemCatalogue) as [ProblemCode, ...ProblemCode[]];
const sectorNames = terminalSectors.map((sector) => sector.name) as [string, ...string[]];

/** Integer fen within two limits, which what is wrong with it names. */
export const fenWithin = (min: number, max: number) =>
  z.int(`a whole number of fen from ${min} to ${max}`).min(min).max(max);

export const amount = fenWithin(1, Number(amountFenMax)).openapi({
  description: 'Integer fen (分)',
  example: 1250,
});
export const currency = z.literal('CNY');
export const cardNumber = z
  .string()
  .regex(/^[0-9A-Z]{9,19}$/, 'a card number')
  .openapi({ description: 'Only in a body, never in a URL or a log' });
export const isDay = (text: string) => !Number.isNaN(dayNumber(text));
export const localTime = z
  .string()
  .regex(/^20\d\d-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/, 'a local time like 2026-11-22T08:30:00')
  .refine((text) => isDay(text.slice(0, 10)), 'a day of the calendar')
  .openapi({ description: "The terminal's local time, without a zone", example: '2026-11-22T08:30:00' });

/** The trace that names a transaction: with the terminal and the local date it is the business key. */
export const trace = {
  batchNumber: z.int().min(1).max(999_999),
  traceNumber: z.int().min(0).max(999_999),
  localTime,
};

const onCard = { sector: z.enum(sectorNames), cardNumber, currency, ...trace };
const detail = z.record(z.string().max(32), z.string().max(64)).optional().openapi({
  description:
    "The sector's own fields: transit {line}, with {from, to} by distance, or {pass} to buy one; top-up {purse}, shops {purse} or none, medical none or the legs of a settlement. Bills and subsidies are posted by rooms of their own, by no terminal",
});

const pin = z
  .string()
  .regex(/^[A-Za-z0-9_-]{47}$/, 'a sealed PIN')
  .optional()
  .openapi({
    description:
      'The payment PIN, sealed by the terminal: base64url of 1, a nonce of 12 bytes, the tag, the six digits; AES-256-GCM under HKDF-SHA256(terminal key, "one-card/pin"), bound to "one-card/pin 1 {Terminal-Id} {batchNumber} {traceNumber} {localTime}"',
  });
const withoutPin = { ...onCard, amount: amount.optional(), detail };

export const transactionBody = z.strictObject({ ...withoutPin, pin }).openapi('Transaction', {
  description: 'A payment, tap or load. A ride takes no amount: its tariff says it.',
});
/** 1 to 255 printable characters, not beginning with a space. */
export const idempotencyKeyPattern = /^[\x21-\x7e][\x20-\x7e]{0,254}$/;
/** A line of a batch carries no PIN: nobody stands before the terminal. */
export const batchLine = z.strictObject({
  ...withoutPin,
  idempotencyKey: z.string().regex(idempotencyKeyPattern, '1 to 255 printable characters'),
});
export const batchLinesMax = 500;
/** Lines are judged one by one, so that a bad line is answered as a line. */
export const batchBody = z
  .strictObject({ transactions: z.array(z.unknown()).min(1).max(batchLinesMax) })
  .openapi('TransactionBatch');
export const holdBody = z.strictObject({ ...withoutPin, pin }).openapi('Hold');
export const captureBody = z
  .strictObject({ amount, currency, final: z.boolean().optional(), ...trace })
  .openapi('Capture');
export const voidBody = z.strictObject(trace).openapi('Void');
export const refundBody = z.strictObject({ amount, currency, ...trace }).openapi('Refund');
export const reversalBody = z
  .strictObject({ ...onCard, amount: amount.optional() })
  .openapi('Reversal', { description: "The original's own card, amount, batch, trace and local time." });
export const inquiryBody = z.strictObject({ cardNumber }).openapi('CardInquiry');

export type TransactionBody = z.infer<typeof transactionBody>;
export type CaptureBody = z.infer<typeof captureBody>;
export type ReversalBody = z.infer<typeof reversalBody>;

export const transactionId = z.string().openapi({ example: '1000001-250361234567168000' });
const day = z.string().openapi({ example: '2026-11-22' });
const money = z.int();

export const approval = z
  .object({
    status: z.literal('approved'),
    transactionId,
    kind: z.enum(['payment', 'load', 'authorise', 'capture', 'void', 'refund', 'reversal', 'compensation']),
    amount: money.openapi({ description: 'What moved, or what is held' }),
    currency,
    businessDate: day,
    decidedAt: z.iso.datetime(),
    purses: z.array(z.object({ purse: z.string(), amount: money, balance: money })),
  })
  .openapi('Approval');
export const balances = z
  .object({
    cardAccountId: z.string(),
    currency,
    purses: z.array(z.object({ purse: z.string(), posted: money, held: money, available: money })),
  })
  .openapi('Balances');
export const history = z
  .object({
    entries: z.array(
      z.object({
        transactionId,
        originalId: transactionId.nullable(),
        kind: z.string(),
        sector: z.string(),
        participant: z.string(),
        participantEn: z.string(),
        terminalId: z.int(),
        businessDate: day,
        decidedAt: z.iso.datetime(),
        purses: z.array(z.object({ purse: z.string(), amount: money, balance: money })),
        detail: z.record(z.string(), z.string()).openapi({
          description: "The sector's own fields: the line, the programme and its period, the bill",
        }),
        hold: z.object({ amount: money, captured: money, expiresAt: z.iso.datetime() }).nullable(),
      }),
    ),
    nextBefore: z
      .string()
      .nullable()
      .openapi({ description: 'Give it as `before` for the next, older page' }),
    archivedBefore: day.nullable().openapi({
      description:
        'On the last page: entries of business days before this one are in the archive, and not shown; null where there are none',
    }),
  })
  .openapi('History');
export const problem = z
  .object({
    type: z.string(),
    status: z.int(),
    code: z.enum(problemCodes),
    title: z.string(),
    titleZh: z.string(),
    detail: z.string().optional(),
    field: z.string().optional(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    transactionId: transactionId.optional(),
    businessDate: day.optional(),
    serverTime: z.int().optional(),
    requestId: z.string().optional(),
    retryAfterSeconds: z.int().optional(),
  })
  .openapi('Problem');
export const batchResults = z
  .object({
    results: z.array(
      z.object({ httpStatus: z.int(), replay: z.boolean(), body: z.union([approval, problem]) }),
    ),
  })
  .openapi('TransactionBatchResults');
