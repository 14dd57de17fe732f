import { z } from '@hono/zod-openapi';
import { hotCauses } from '#cards/rules/hot.ts';
import { isName } from '#cards/rules/new-card.ts';
import { cardStatuses } from '#cards/rules/status.ts';
import { cardNumber } from '#channels/http/wire/schemas.ts';

const reason = z
  .string()
  .trim()
  .min(1, 'a reason')
  .max(200)
  .openapi({ description: 'Why, in a sentence; without anybody’s name or number' });
/** Whether it is a number that there can be is answered as `id-number-wrong`. */
const idNumber = z
  .string()
  .regex(/^\d{17}[\dX]$/, 'a social-security number')
  .openapi({ description: '社会保障号码, GB 11643. Only in a body, never in a URL or a log' });
const name = z.string().refine(isName, 'a name of 1 to 60 characters');
const product = z.string().regex(/^[a-z][a-z-]{0,31}$/, 'the code of a product');
const ownId = z.string().regex(/^[1-9]\d{0,17}$/, 'a number of ours');
const expiresOn = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/, 'a day like 2036-12-31')
  .openapi({ description: "Without it, the product's years from today" });

export const applicationBody = z.strictObject({ idNumber, name, product, reason }).openapi('CardApplication');

export const issueBody = z
  .strictObject({
    applicationId: ownId.optional(),
    idNumber: idNumber.optional(),
    name: name.optional(),
    product: product.optional(),
    cardNumber,
    expiresOn: expiresOn.optional(),
    reason,
  })
  .refine(
    (body) => {
      const said = [body.idNumber, body.name, body.product].filter((field) => field !== undefined).length;
      return said === (body.applicationId === undefined ? 3 : 0);
    },
    { message: 'either applicationId, or idNumber, name and product', path: ['applicationId'] },
  )
  .openapi('CardIssue', {
    description: 'A card for an application, or directly for a person: either applicationId, or the person',
  });

/** What staff may do by hand; an activation and a replacement have their own routes, an expiry comes by itself. */
const staffSteps = [
  'report-temporary-loss',
  'lift-temporary-loss',
  'report-loss',
  'lock',
  'unlock',
  'close',
] as const;
export const stepBody = z.strictObject({ step: z.enum(staffSteps), reason }).openapi('CardStep');

const sixDigits = z.string().regex(/^[0-9]{6}$/, 'six digits');
export const activationBody = z
  .strictObject({
    queryPassword: sixDigits
      .optional()
      .openapi({ description: 'Typed by the holder; both or none, where the account has them already' }),
    paymentPin: sixDigits.optional(),
    reason,
  })
  .refine((body) => (body.queryPassword === undefined) === (body.paymentPin === undefined), {
    message: 'queryPassword and paymentPin, or neither',
    path: ['paymentPin'],
  })
  .openapi('CardActivation');

export const replacementBody = z
  .strictObject({
    cardNumber,
    active: z
      .boolean()
      .optional()
      .openapi({ description: 'Whether the new card is good at once; false unless it is said' }),
    reason,
  })
  .openapi('CardReplacement');

export const searchBody = z
  .strictObject({ cardNumber: cardNumber.optional(), idNumber: idNumber.optional() })
  .refine((body) => (body.cardNumber === undefined) !== (body.idNumber === undefined), {
    message: 'either cardNumber or idNumber',
    path: ['cardNumber'],
  })
  .openapi('CardSearch');

export const lossReportBody = z
  .strictObject({ kind: z.enum(['temporary', 'formal']), reason: reason.optional() })
  .openapi('LossReport');

const hotCursor = z.string().regex(/^\d{1,18}(-[0-9a-f]{16})?$/, 'the `next` of an earlier page');
export const hotListBody = z
  .strictObject({
    since: z
      .int()
      .min(0)
      .optional()
      .openapi({ description: 'The version that the terminal has; it is noted as acknowledged' }),
    cursor: hotCursor.optional().openapi({ description: 'The `next` of the page before' }),
  })
  .openapi('HotListAsked');

const status = z.enum(cardStatuses);
const time = z.iso.datetime();
const repeated = z.boolean().openapi({ description: 'It was so already; nothing was done now' });

export const applied = z.object({ applicationId: z.string(), repeated }).openapi('CardApplied');
export const issued = z
  .object({ cardId: z.string(), cardAccountId: z.string(), expiresOn: z.string(), repeated })
  .openapi('CardIssued');
export const stepTaken = z
  .object({
    cardId: z.string(),
    cardAccountId: z.string(),
    status,
    effectiveAt: time.openapi({ description: 'Payments decided later meet the new status' }),
    liftsAt: time.nullable().openapi({ description: 'When a temporary loss lifts itself' }),
    repeated,
  })
  .openapi('CardStepTaken');
export const replaced = z
  .object({ cardId: z.string(), cardAccountId: z.string(), status, expiresOn: z.string(), repeated })
  .openapi('CardReplaced', { description: 'The new card; the card account stays' });
export const foundCard = z
  .object({
    cardId: z.string(),
    cardAccountId: z.string(),
    numberTail: z.string(),
    product: z.string(),
    status,
    expiresOn: z.string(),
    liftsAt: time.nullable(),
    name: z.string().nullable().openapi({ example: '符*' }),
    idNumber: z.string().nullable().openapi({ example: '460*************05' }),
    events: z.array(
      z.object({
        at: time,
        step: z.string(),
        from: status.nullable(),
        to: status,
        actorKind: z.string(),
        actorId: z.string(),
        reason: z.string(),
      }),
    ),
  })
  .openapi('CardFound');
export const foundCards = z.object({ cards: z.array(foundCard) }).openapi('CardsFound');
export const hotList = z
  .object({
    version: z
      .int()
      .openapi({ description: 'What the terminal has after this page, and its whole list after all pages' }),
    full: z.boolean().openapi({ description: 'A whole list: it takes the place of what the terminal has' }),
    entries: z.array(
      z.object({
        mark: z.string().openapi({
          description: 'HMAC-SHA256 over the card number under `key`, its first 8 bytes, in hex',
        }),
        op: z.enum(['add', 'remove']),
        cause: z.enum(hotCauses),
      }),
    ),
    next: z.string().nullable().openapi({ description: 'Give it as `cursor` for the next page' }),
    key: z
      .string()
      .optional()
      .openapi({ description: '32 bytes in hex, only when neither since nor cursor is given' }),
  })
  .openapi('HotList');
