import { type OpenAPIHono, z } from '@hono/zod-openapi';
import {
  bearerProblems,
  jsonContent,
  problemAnswer,
  staffPostProblems,
} from '#channels/http/wire/openapi-answers.ts';
import { dayNumber } from '#platform/calendar.ts';

const reasonLengthMax = 200;

const day = z
  .string()
  .regex(/^20\d\d-\d\d-\d\d$/, 'a day like 2026-11-22')
  .refine((text) => !Number.isNaN(dayNumber(text)), 'a day of the calendar')
  .openapi({ description: 'A calendar day in Hainan', example: '2026-12-01' });

export const concessionBody = z
  .strictObject({
    category: z
      .string()
      .max(32)
      .regex(/^[a-z]+(-[a-z0-9]+)*$/, 'a category like student')
      .openapi({
        description: 'A category that an operator has terms for; "none" takes one away',
        example: 'student',
      }),
    from: day,
    to: day.optional().openapi({ description: 'The last day; without end where it is left out' }),
    reason: z.string().trim().min(1).max(reasonLengthMax),
  })
  .openapi('Concession', {
    description:
      'A card account has the category of its grant with the latest first day. It may change on any day; rides are priced by the category of their day.',
  });

const granted = z
  .object({
    cardAccountId: z.string(),
    category: z.string(),
    from: z.string(),
    to: z.string().nullable(),
  })
  .openapi('ConcessionGranted');

const riding = z
  .object({
    cardAccountId: z.string(),
    category: z.string().nullable().openapi({ description: 'The concession category in force today' }),
    concessions: z
      .array(z.object({ category: z.string(), from: z.string(), to: z.string().nullable() }))
      .openapi({ description: 'What was granted, the latest first day first; that one holds' }),
    concessionRides: z
      .int()
      .openapi({ description: 'Rides of this calendar month that the category has paid for' }),
    passes: z.array(
      z.object({
        participantId: z.int(),
        participant: z.string(),
        participantEn: z.string(),
        pass: z.string(),
        from: z.string(),
        until: z.string(),
        ridesLeft: z.int().nullable().openapi({ description: 'Null: rides without number' }),
        purchase: z.string().openapi({ description: 'The transaction that bought it' }),
      }),
    ),
  })
  .openapi('Riding');

/** What holders ride on, and what they are granted. */
export function registerTransit(registry: OpenAPIHono['openAPIRegistry']): void {
  registry.registerPath({
    method: 'get',
    path: '/v1/card-accounts/{id}/riding',
    summary: 'Passes, and the concession category with its rides this month; "mine" for a holder',
    security: [{ token: [] }],
    request: { params: z.object({ id: z.string() }) },
    responses: {
      200: { description: 'As of today in Hainan', ...jsonContent(riding) },
      ...bearerProblems,
    },
  });
  registry.registerPath({
    method: 'post',
    path: '/v1/card-accounts/{id}/concessions',
    summary: 'Give a card account a concession category for rides; for an operator',
    security: [{ token: [] }],
    request: {
      params: z.object({ id: z.string() }),
      body: { ...jsonContent(concessionBody), required: true },
    },
    responses: {
      200: {
        description: 'Granted; Idempotent-Replayed: true marks the same grant again',
        ...jsonContent(granted),
      },
      ...staffPostProblems,
      409: problemAnswer('Too many categories begin in the future'),
    },
  });
}
