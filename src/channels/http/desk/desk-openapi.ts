import { type OpenAPIHono, z } from '@hono/zod-openapi';
import {
  idempotencyKeyHeader,
  jsonContent,
  problemAnswer,
  staffPostProblems,
} from '#channels/http/wire/openapi-answers.ts';
import { approval, fenWithin } from '#channels/http/wire/schemas.ts';
import { compensationReasons } from '#clearing/compensate.ts';
import { amountFenMax } from '#money/fen.ts';

/** With the reason before it a remark fits into a row of the trail. */
const remarkLengthMax = 150;

export const compensationBody = z
  .strictObject({
    transactionId: z.string().max(40).openapi({ example: '1000001-250361234567168000' }),
    amount: fenWithin(1, Number(amountFenMax)).openapi({
      description: 'Integer fen (分) of what was charged',
      example: 200,
    }),
    reason: z
      .enum(compensationReasons)
      .openapi({ description: 'Kept with the transaction, for the holder to read' }),
    remark: z
      .string()
      .max(remarkLengthMax)
      .optional()
      .openapi({ description: 'Kept in the audit trail and nowhere else' }),
  })
  .openapi('Compensation', {
    description:
      'Gives a wrong charge back at once, to the purses it came from; its participant is owed as much less.',
  });

/** The desk's part of the interface. */
export function registerDesk(registry: OpenAPIHono['openAPIRegistry']): void {
  registry.registerPath({
    method: 'post',
    path: '/v1/compensations',
    summary: 'Give a wrong charge back at once; for an operator',
    security: [{ token: [] }],
    request: { headers: idempotencyKeyHeader, body: { ...jsonContent(compensationBody), required: true } },
    responses: {
      200: { description: 'Given back; Idempotent-Replayed: true marks a repeat', ...jsonContent(approval) },
      ...staffPostProblems,
      402: problemAnswer('Declined: what a purse has cannot be taken back'),
      409: problemAnswer('Declined by the state of things, or still in flight'),
      503: problemAnswer('Busy or unknown: repeat with the same key after Retry-After seconds'),
    },
  });
}
