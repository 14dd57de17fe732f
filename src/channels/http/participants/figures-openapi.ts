import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { type DeclaredRoute, registerRoutes } from '#channels/http/sign-in/sign-in-openapi.ts';
import { transactionsPageMax } from '#webhooks/figures/store.ts';
import * as schemas from './figures-schemas.ts';

const day = (description: string) => z.string().openapi({ example: '2026-11-22', description });

/** Days that are asked for at a time: nets are kept, kinds are counted. */
export const daysMax = { nets: 366, days: 31 } as const;

const routes: readonly DeclaredRoute[] = [
  {
    method: 'get',
    path: '/v1/participants/mine/transactions',
    summary: "A participant's own transactions of a business day, oldest first (API key)",
    query: z.object({
      businessDate: day('The business day, or "current"'),
      after: z.string().optional().openapi({ description: 'nextAfter of the page before' }),
      limit: z
        .string()
        .optional()
        .openapi({ description: `1 to ${transactionsPageMax}; 100 where it is left out` }),
    }),
    answer: schemas.ownTransactions,
    statuses: [404],
  },
  {
    method: 'get',
    path: '/v1/participants/mine/transactions/{id}',
    summary: 'One transaction of the participant; of another participant it is not there (API key)',
    params: z.object({ id: z.string() }),
    answer: schemas.ownTransaction,
    statuses: [404],
  },
  {
    method: 'get',
    path: '/v1/participants/mine/days',
    summary: `What up to ${daysMax.days} business days come to, by kind of transaction (API key)`,
    query: z.object({ from: day('The first'), to: day('The last') }),
    answer: schemas.ownDays,
    statuses: [503],
  },
  {
    method: 'get',
    path: '/v1/participants/mine/nets',
    summary: `What up to ${daysMax.nets} business days come to (API key)`,
    query: z.object({ from: day('The first'), to: day('The last') }),
    answer: schemas.ownNets,
  },
];

/** What a participant reads of its own figures. */
export function registerFigures(registry: OpenAPIHono['openAPIRegistry']): void {
  registerRoutes(registry, routes);
}
