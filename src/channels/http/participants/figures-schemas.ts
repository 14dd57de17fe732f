import { z } from '@hono/zod-openapi';
import { transactionId } from '#channels/http/wire/schemas.ts';

const money = z.int();
const businessDate = z.string().openapi({ example: '2026-11-22' });
const currency = z.literal('CNY');
const archived = z.boolean().openapi({
  description:
    "Whether the day's transactions are in the archive: its totals stay, its transactions are not listed",
});
const sums = {
  credit: money.openapi({ description: 'Owed to the participant' }),
  creditCount: z.int(),
  debit: money.openapi({ description: 'Owed by the participant, or no longer owed to it' }),
  debitCount: z.int(),
};

export const ownTransaction = z
  .object({
    transactionId,
    kind: z.enum(['payment', 'load', 'authorise', 'capture', 'void', 'refund', 'reversal', 'compensation']),
    sector: z.string(),
    amount: money.openapi({ description: 'What moved; for an authorisation what it was asked for' }),
    direction: z.enum(['credit', 'debit', 'none']).openapi({
      description: 'credit: owed to the participant; debit: owed by it, or no longer owed to it',
    }),
    currency,
    businessDate,
    decidedAt: z.iso.datetime(),
    localTime: z.string().nullable().openapi({ example: '2026-11-22T08:30:00' }),
    terminalId: z.int(),
    cardTail: z.string().nullable().openapi({ description: "The last four digits of the card's number" }),
    originalTransactionId: transactionId.nullable(),
  })
  .openapi('OwnTransaction');

export const ownTransactions = z
  .object({
    businessDate,
    archived,
    transactions: z.array(ownTransaction),
    nextAfter: z
      .string()
      .nullable()
      .openapi({ description: 'Give it as `after` for the next page; null on the last' }),
  })
  .openapi('OwnTransactions');

export const ownNets = z
  .object({
    currency,
    days: z.array(
      z.object({
        businessDate,
        state: z.enum(['open', 'closed']),
        seal: z.string().nullable().openapi({ description: "The day's seal, once it is closed" }),
        ...sums,
        net: money.openapi({ description: 'Positive: owed to the participant' }),
      }),
    ),
  })
  .openapi('OwnNets');

export const ownDays = z
  .object({
    currency,
    days: z.array(
      z.object({
        businessDate,
        state: z.enum(['open', 'closed']),
        seal: z.string().nullable(),
        ...sums,
        net: money,
        archived,
        kinds: z.array(
          z.object({
            kind: z.string(),
            count: z.int().openapi({ description: 'All of them, those that moved nothing too' }),
            ...sums,
          }),
        ),
      }),
    ),
  })
  .openapi('OwnDays', {
    description:
      'A closed day adds up: its kinds come to its credit and its debit. Of an archived day only the totals are told.',
  });
