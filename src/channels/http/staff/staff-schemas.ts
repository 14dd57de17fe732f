import { z } from '@hono/zod-openapi';
import { staffRoles } from '#access/staff/store.ts';
import { cardNumber, staffName } from '#channels/http/sign-in/sign-in-schemas.ts';

const nameMax = 64;

export const newStaffBody = z
  .strictObject({
    name: staffName,
    displayName: z.string().min(1).max(nameMax),
    role: z.enum(staffRoles).openapi({ description: 'One role, for ever' }),
  })
  .openapi('NewStaff');
export const newKeyBody = z.strictObject({ participantId: z.int().min(1) }).openapi('NewApiKey');
export const cardBody = z.strictObject({ cardNumber }).openapi('CardAtCounter');

export const firstSignIn = z
  .object({
    staffId: z.string(),
    oneTimePassword: z.string().openapi({ description: 'Shown once; has to be changed' }),
    otpauthUri: z.string().openapi({ description: 'For an authenticator app; shown once' }),
  })
  .openapi('FirstSignIn');
export const staffList = z
  .object({
    staff: z.array(
      z.object({
        staffId: z.string().openapi({ description: 'What /v1/staff/{id}/lock and /reset are asked with' }),
        name: z.string().openapi({ description: 'The sign-in name' }),
        displayName: z.string(),
        role: z.enum(staffRoles),
        locked: z.boolean(),
      }),
    ),
    nextAfter: z.string().nullable().openapi({ description: 'Give it as `after` for the next page' }),
  })
  .openapi('Staff');
export const givenKey = z
  .object({
    apiKeyId: z.string(),
    prefix: z.string(),
    key: z.string().openapi({ description: 'For Authorization: Bearer …; shown once' }),
  })
  .openapi('GivenApiKey');
export const keys = z
  .object({
    apiKeys: z.array(
      z.object({
        apiKeyId: z.string(),
        prefix: z.string(),
        participantId: z.int(),
        createdAt: z.iso.datetime(),
        expiresAt: z.iso.datetime(),
        revokedAt: z.iso.datetime().nullable(),
      }),
    ),
  })
  .openapi('ApiKeys');
export const givenPassword = z
  .object({
    cardAccountId: z.string(),
    oneTimePassword: z.string().openapi({ description: 'Shown once; has to be changed' }),
  })
  .openapi('GivenQueryPassword');
export const auditEvents = z
  .object({
    events: z.array(
      z.object({
        sequence: z.string(),
        at: z.iso.datetime(),
        actor: z.object({ kind: z.string(), id: z.string() }),
        act: z.string(),
        subject: z.string(),
        reason: z.string(),
      }),
    ),
    nextBefore: z.string().nullable(),
  })
  .openapi('AuditEvents');
export const participantDay = z
  .object({
    businessDate: z.string(),
    state: z.enum(['open', 'closed']),
    currency: z.literal('CNY'),
    participantId: z.int(),
    debit: z.int(),
    credit: z.int(),
    net: z.int().openapi({ description: 'Positive: owed to the participant' }),
    debitCount: z.int(),
    creditCount: z.int(),
  })
  .openapi('ParticipantDay');
