import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { type DeclaredRoute, registerRoutes } from '#channels/http/sign-in/sign-in-openapi.ts';
import { done } from '#channels/http/sign-in/sign-in-schemas.ts';
import { replayedMax } from '#webhooks/messages/store.ts';
import * as schemas from './webhook-schemas.ts';

const own = '/v1/participants/mine/webhook-endpoints';
const staff = '/v1/webhook-endpoints';
const id = z.object({ id: z.string() });
const ids = z.object({ id: z.string(), messageId: z.string() });
const pageQuery = z.object({
  state: z.enum(['waiting', 'delivered', 'failed']).optional(),
  before: z.string().optional().openapi({ description: 'nextBefore of the page before' }),
  limit: z.string().optional().openapi({ description: '1 to 100; 20 where it is left out' }),
});

const ofParticipants: readonly DeclaredRoute[] = [
  {
    method: 'post',
    path: own,
    summary: 'Be told of what is yours at this address, from now on: Standard Webhooks (API key)',
    body: schemas.newEndpointBody,
    answer: schemas.newEndpoint,
    statuses: [409, 422],
  },
  { method: 'get', path: own, summary: 'Your endpoints (API key)', answer: schemas.endpoints },
  {
    method: 'post',
    path: `${own}/{id}/rotation`,
    summary:
      'New keys for an endpoint, 20 times a day; the old ones are used beside them for a day (API key)',
    params: id,
    answer: schemas.rotatedKeys,
    statuses: [404],
  },
  {
    method: 'post',
    path: `${own}/{id}/disable`,
    summary: 'Send nothing more to an endpoint (API key)',
    params: id,
    answer: schemas.endpoint,
    statuses: [404],
  },
  {
    method: 'post',
    path: `${own}/{id}/enable`,
    summary: 'Send again; what happened in the last week meanwhile, too (API key)',
    params: id,
    answer: schemas.enabled,
    statuses: [404, 409],
  },
  {
    method: 'post',
    path: `${own}/{id}/test`,
    summary: 'Send a message of type endpoint.test, 60 an hour (API key)',
    params: id,
    answer: schemas.sentTest,
    statuses: [404, 409, 429],
  },
  {
    method: 'get',
    path: `${own}/{id}/messages`,
    summary: "An endpoint's messages, newest first; state=failed for those that were given up (API key)",
    params: id,
    query: pageQuery,
    answer: schemas.messages,
    statuses: [404],
  },
  {
    method: 'get',
    path: `${own}/{id}/messages/{messageId}`,
    summary: 'A message, what it says, and each time that it was sent (API key)',
    params: ids,
    answer: schemas.message,
    statuses: [404],
  },
  {
    method: 'post',
    path: `${own}/{id}/messages/{messageId}/replay`,
    summary: 'Send a message again, also one that was heard (API key)',
    params: ids,
    answer: done,
    statuses: [404],
  },
  {
    method: 'post',
    path: `${own}/{id}/replay`,
    summary: `Send again what was given up since, ${replayedMax} messages at a time (API key)`,
    params: id,
    body: schemas.replayBody,
    answer: schemas.replayed,
    statuses: [404],
  },
];

const ofStaff: readonly DeclaredRoute[] = [
  {
    method: 'get',
    path: staff,
    summary: "A participant's endpoints (administrator, operator)",
    query: z.object({ participantId: z.string() }),
    answer: schemas.endpoints,
  },
  {
    method: 'get',
    path: `${staff}/{id}/messages`,
    summary: "An endpoint's messages, newest first (administrator, operator)",
    params: id,
    query: pageQuery,
    answer: schemas.messages,
    statuses: [404],
  },
  {
    method: 'post',
    path: `${staff}/{id}/disable`,
    summary: 'Send nothing more to an endpoint (administrator)',
    params: id,
    answer: schemas.endpoint,
    statuses: [404],
  },
];

/** Where participants are told of what is theirs. */
export function registerWebhooks(registry: OpenAPIHono['openAPIRegistry']): void {
  registerRoutes(registry, [...ofParticipants, ...ofStaff]);
}
