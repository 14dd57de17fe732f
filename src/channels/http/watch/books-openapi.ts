import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { registerRoutes } from '#channels/http/sign-in/sign-in-openapi.ts';
import { checkNames } from '#settlement/live/lamp.ts';

const check = z.enum(checkNames);
const books = z
  .object({
    computedAt: z
      .string()
      .openapi({ description: 'When the look began: what was committed before it is in it' }),
    ageSeconds: z.int(),
    businessDate: z.string().openapi({ example: '2026-11-22' }),
    state: z.enum(['green', 'red', 'stale']).openapi({
      description:
        'Red: something is wrong. Stale: nothing was when somebody last looked, which is too long ago',
    }),
    currency: z.literal('CNY'),
    drift: z.int().openapi({ description: 'Integer fen (分) by which all accounts together are not 0' }),
    checks: z.array(z.object({ check, wrong: z.int(), amount: z.int() })),
    findings: z
      .array(z.object({ check, table: z.string(), key: z.string(), expected: z.string(), found: z.string() }))
      .openapi({ description: 'The first few rows that are wrong' }),
    queues: z.array(z.object({ queue: z.string(), waiting: z.int(), oldestSeconds: z.int() })),
    behind: z.int().openapi({ description: 'Decided requests whose group no look has recomputed yet' }),
    lookMs: z.int(),
  })
  .openapi('Books');

/** The lamp of the running books. */
export function registerBooks(registry: OpenAPIHono['openAPIRegistry']): void {
  registerRoutes(registry, [
    {
      method: 'get',
      path: '/v1/books',
      summary: 'Whether the running books are right, as the last look at them found (finance, auditor)',
      answer: books,
      statuses: [404],
    },
  ]);
}
