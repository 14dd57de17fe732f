import { z } from '@hono/zod-openapi';
import { urlLengthMax } from '#webhooks/rules/endpoint-url.ts';
import { eventTypes } from '#webhooks/rules/event.ts';
import { attemptOutcomes } from '#webhooks/rules/schedule.ts';

const moment = z.iso.datetime();
const types = z.enum(eventTypes);
const outcomes = z.enum(attemptOutcomes);
const publicKey = z.string().openapi({ description: 'whpk_…: verifies the `v1a` signatures (Ed25519)' });
const secret = z.string().openapi({
  description: 'whsec_…: verifies the `v1` signatures (HMAC-SHA256). Shown once, and never again',
});

export const newEndpointBody = z
  .strictObject({
    url: z.string().min(1).max(urlLengthMax).openapi({ example: 'https://partner.example/hooks' }),
  })
  .openapi('NewWebhookEndpoint');

const endpointFields = {
  endpointId: z.string(),
  participantId: z.int(),
  url: z.string(),
  state: z.enum(['active', 'disabled']),
  reason: z
    .enum(['gone', 'failing', 'by-participant', 'by-staff'])
    .nullable()
    .openapi({ description: 'Why it is disabled: gone is an answer 410, failing five days of failures' }),
  publicKey,
  createdAt: moment,
  disabledAt: moment.nullable(),
  failingSince: moment.nullable(),
};
export const endpoint = z.object(endpointFields).openapi('WebhookEndpoint');
export const newEndpoint = z.object({ ...endpointFields, secret }).openapi('MadeWebhookEndpoint');
export const endpoints = z.object({ endpoints: z.array(endpoint) }).openapi('WebhookEndpoints');
export const enabled = z
  .object({
    ...endpointFields,
    missedNothing: z.boolean().openapi({
      description:
        'False where it was disabled for more than a week: read what lies between by its transactions',
    }),
  })
  .openapi('EnabledWebhookEndpoint');
export const rotatedKeys = z
  .object({
    secret,
    publicKey,
    previousUntil: moment.openapi({ description: 'Until then messages are signed under the old keys too' }),
  })
  .openapi('WebhookKeys');
export const sentTest = z.object({ messageId: z.string() }).openapi('WebhookTest');

const messageFields = {
  messageId: z.string().openapi({ description: 'The header webhook-id', example: 'msg_17' }),
  type: types,
  state: z.enum(['waiting', 'delivered', 'failed']),
  createdAt: moment,
  nextAttemptAt: moment.nullable(),
  endedAt: moment.nullable(),
  attempts: z.int(),
  lastOutcome: outcomes.nullable(),
  lastStatus: z.int().nullable(),
};
export const messages = z
  .object({
    messages: z.array(z.object(messageFields)),
    nextBefore: z.string().nullable().openapi({ description: 'Give it as `before` for the older page' }),
  })
  .openapi('WebhookMessages');
export const message = z
  .object({
    ...messageFields,
    payload: z.string().openapi({ description: 'The body that is sent, byte for byte' }),
    made: z.array(
      z.object({
        number: z.int(),
        at: moment,
        durationMs: z.int(),
        status: z.int().nullable(),
        outcome: outcomes,
      }),
    ),
  })
  .openapi('WebhookMessage');
export const replayBody = z
  .strictObject({ since: z.iso.datetime({ offset: true }) })
  .openapi('WebhookReplay', { description: 'All that was given up of what was written since' });
export const replayed = z.object({ replayed: z.int() }).openapi('WebhookReplayed');
