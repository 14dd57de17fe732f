import { z } from '@hono/zod-openapi';
import { amount, currency, fenWithin, transactionId } from '#channels/http/wire/schemas.ts';
import { purses } from '#ledger/rules/accounts.ts';
import { mandateFenMax } from '#load-orders/mandates.ts';

export const loadBody = z.strictObject({ amount, currency, purse: z.enum(purses) }).openapi('LoadOrder', {
  description: 'Load a purse from the bank account that is bound to the card account.',
});
export const load = z
  .object({
    loadId: z.string(),
    state: z.enum(['requested', 'debited', 'loaded', 'refused', 'returning', 'returned', 'failed']).openapi({
      description:
        'loaded, refused and returned are final; failed is being looked at by staff; ask again for any other',
    }),
    reason: z.string().nullable().openapi({ description: 'Why it was not loaded, by its code' }),
    amount: z.int(),
    currency,
    purse: z.enum(purses),
    transactionId: transactionId.nullable(),
    createdAt: z.iso.datetime(),
  })
  .openapi('Load');

export const failedLoads = z
  .object({
    loads: z.array(z.object({ cardAccountId: z.string(), ...load.shape })),
    nextAfter: z.string().nullable().openapi({ description: 'Give it as `after` for the next page' }),
  })
  .openapi('FailedLoads');
export const resumptionBody = z
  .strictObject({
    cardAccountId: z.string().regex(/^[1-9]\d{6,16}$/, 'a card account'),
    loadId: z.string().regex(/^[1-9]\d{0,17}$/, 'a load'),
    reason: z.string().trim().min(1).max(200),
  })
  .openapi('LoadResumption', {
    description: 'Take a failed load up again where it stopped, after a look at it.',
  });

const consentVersion = z
  .string()
  .regex(/^[0-9A-Za-z.-]{1,20}$/, 'the version of a text')
  .openapi({ description: 'Which text the holder consented to', example: '2026-11' });

export const bindingBody = z
  .strictObject({
    bankParticipantId: z.int().min(1).max(999_999),
    accountNumber: z
      .string()
      .regex(/^\d{8,30}$/, 'an account number')
      .openapi({ description: 'Kept sealed; only its last four digits are ever shown' }),
    consentVersion,
  })
  .openapi('BankBinding');
export const binding = z
  .object({ bindingId: z.string(), bankParticipantId: z.int(), accountTail: z.string() })
  .openapi('BoundBankAccount');

const mandateFen = fenWithin(1, Number(mandateFenMax));

export const consentBody = z
  .strictObject({
    threshold: mandateFen.openapi({ description: 'Integer fen (分): below it a load comes', example: 2000 }),
    amount: mandateFen.openapi({ description: 'Integer fen (分) of each load', example: 5000 }),
    currency,
    perDayMax: z.int().min(1).max(10).optional(),
    consentVersion,
  })
  .openapi('AutoTopUpConsent');
export const autoTopUp = z
  .object({
    active: z.boolean(),
    threshold: z.int().nullable(),
    amount: z.int().nullable(),
    currency,
    perDayMax: z.int().nullable(),
    consentVersion: z.string().nullable(),
    consentedAt: z.iso.datetime().nullable(),
  })
  .openapi('AutoTopUp');
