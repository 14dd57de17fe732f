import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { type DeclaredRoute, registerRoutes } from '#channels/http/sign-in/sign-in-openapi.ts';
import { batchPageMax, differencesMax } from '#terminals/batches/read-batches.ts';

const totals = z
  .object({ debit: z.int(), debitCount: z.int(), credit: z.int(), creditCount: z.int() })
  .openapi('BatchTotals', {
    description:
      'Debit: payments and captures. Credit: refunds, voids and loads. What was declined or reversed is in neither.',
  });

const batch = z
  .object({
    terminalId: z.string(),
    batchNumber: z.int(),
    openedOn: z.string(),
    state: z.enum(['open', 'unbalanced', 'closed']),
    answer: z
      .enum(['balanced', 'unbalanced'])
      .nullable()
      .openapi({ description: 'What the terminal was told' }),
    claimed: totals.nullable().openapi({ description: 'As the terminal said them; null before it settled' }),
    own: totals.nullable().openapi({ description: 'As our books had them at that time' }),
    settledAt: z.string().nullable(),
    closedAt: z.string().nullable(),
    currency: z.literal('CNY'),
  })
  .openapi('TerminalBatch');

const batches = z
  .object({
    batches: z.array(batch),
    nextAfter: z.string().nullable().openapi({ description: 'The cursor of the next page' }),
  })
  .openapi('TerminalBatches');

const report = z
  .object({
    ...batch.shape,
    now: totals.openapi({
      description:
        'As our books have them now: other than own where something came late, or was reversed since',
    }),
    uploaded: z.object({
      records: z.int().openapi({ description: 'How many records the terminal uploaded' }),
      matched: z.int().openapi({ description: 'How many of those are as our books have them' }),
    }),
    missingThere: z.int().openapi({
      description: 'How many our books have that the terminal did not upload; 0 before the upload has ended',
    }),
    differences: z
      .array(
        z.object({
          traceNumber: z.int(),
          side: z.enum(['debit', 'credit']).nullable(),
          amount: z.int().nullable(),
          ownAmount: z.int().nullable(),
          cardTail: z.string().nullable().openapi({ description: 'The last four digits of the card number' }),
          verdict: z
            .enum(['amount-differs', 'side-differs', 'missing-here', 'missing-there'])
            .nullable()
            .openapi({ description: 'Null: not judged' }),
        }),
      )
      .openapi({ description: `The first ${differencesMax}, by trace number` }),
  })
  .openapi('TerminalBatchReport');

const routes: readonly DeclaredRoute[] = [
  {
    method: 'get',
    path: '/v1/terminal-batches',
    summary: "Batches of terminals, each terminal's newest first (finance, auditor)",
    query: z.object({
      terminalId: z.string().optional(),
      state: z.enum(['open', 'unbalanced', 'closed']).optional(),
      answer: z.enum(['balanced', 'unbalanced']).optional(),
      after: z.string().optional().openapi({ description: 'nextAfter of the page before' }),
      limit: z
        .string()
        .optional()
        .openapi({ description: `1 to ${batchPageMax}; 20 where it is left out` }),
    }),
    answer: batches,
  },
  {
    method: 'get',
    path: '/v1/terminal-batches/{terminalId}/{batchNumber}',
    summary: 'A batch of a terminal, and what of it did not match (finance, auditor)',
    params: z.object({ terminalId: z.string(), batchNumber: z.string() }),
    answer: report,
    statuses: [404],
  },
];

/** What people read of batches. */
export function registerBatches(registry: OpenAPIHono['openAPIRegistry']): void {
  registerRoutes(registry, routes);
}
