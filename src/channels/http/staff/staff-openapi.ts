import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { type DeclaredRoute, registerRoutes } from '#channels/http/sign-in/sign-in-openapi.ts';
import { done } from '#channels/http/sign-in/sign-in-schemas.ts';
import * as schemas from './staff-schemas.ts';

const id = z.object({ id: z.string() });

const ofAdministrators: readonly DeclaredRoute[] = [
  {
    method: 'post',
    path: '/v1/staff',
    summary: 'Add a member of staff (administrator)',
    body: schemas.newStaffBody,
    answer: schemas.firstSignIn,
    statuses: [409, 503],
  },
  {
    method: 'get',
    path: '/v1/staff',
    summary: 'Everybody who works here, 100 a page in the order of their ids (administrator)',
    query: z.object({ after: z.string().optional() }),
    answer: schemas.staffList,
  },
  {
    method: 'post',
    path: '/v1/staff/{id}/lock',
    summary: 'Lock a member of staff out, everywhere and at once (administrator)',
    params: id,
    answer: done,
    statuses: [404, 409],
  },
  {
    method: 'post',
    path: '/v1/staff/{id}/reset',
    summary: 'Give a member of staff a new first sign-in (administrator)',
    params: id,
    answer: schemas.firstSignIn,
    statuses: [404, 503],
  },
  {
    method: 'post',
    path: '/v1/api-keys',
    summary: 'Give a participant an API key (administrator)',
    body: schemas.newKeyBody,
    answer: schemas.givenKey,
    statuses: [404],
  },
  {
    method: 'get',
    path: '/v1/api-keys',
    summary: "A participant's newest 100 keys, by their first letters (administrator)",
    query: z.object({ participantId: z.string() }),
    answer: schemas.keys,
  },
  {
    method: 'post',
    path: '/v1/api-keys/{id}/revocation',
    summary: 'Revoke an API key at once (administrator)',
    params: id,
    answer: done,
    statuses: [404],
  },
];

const ofOthers: readonly DeclaredRoute[] = [
  {
    method: 'post',
    path: '/v1/sign-in-locks/release',
    summary: 'Let the holder of this card try to sign in again (operator)',
    body: schemas.cardBody,
    answer: done,
    statuses: [404],
  },
  {
    method: 'post',
    path: '/v1/pin-locks/release',
    summary: 'Let the holder of this card try the payment PIN again (operator)',
    body: schemas.cardBody,
    answer: done,
    statuses: [404, 409],
  },
  {
    method: 'post',
    path: '/v1/query-password-resets',
    summary: 'Give the holder of this card a query password to sign in with once (operator)',
    body: schemas.cardBody,
    answer: schemas.givenPassword,
    statuses: [404, 503],
  },
  {
    method: 'get',
    path: '/v1/audit-events',
    summary: 'The audit trail, newest first (auditor)',
    query: z.object({
      before: z.string().optional(),
      subject: z.string().optional().openapi({ example: 'card-account 1000001' }),
      act: z.string().optional().openapi({ example: 'holder-signed-in' }),
      limit: z.string().optional(),
    }),
    answer: schemas.auditEvents,
  },
  {
    method: 'get',
    path: '/v1/participants/mine/days/{date}',
    summary: 'The participant\'s own net of a business day, or of "current" (API key)',
    params: z.object({ date: z.string().openapi({ example: '2026-11-22' }) }),
    answer: schemas.participantDay,
    statuses: [404],
  },
];

/** Staff, keys, the counter, the trail, and a participant's own day. */
export function registerStaff(registry: OpenAPIHono['openAPIRegistry']): void {
  registerRoutes(registry, [...ofAdministrators, ...ofOthers]);
}
