import { z } from 'zod';
import { fieldReader } from '#channels/pages/forms/fields.ts';

const faults = [
  'name-missing',
  'password-missing',
  'code-shape',
  'passwords-differ',
  'search-missing',
  'card-number-shape',
  'id-number-shape',
  'reason-missing',
  'six-digits',
  'act-unknown',
] as const;
type Fault = (typeof faults)[number];

/** The fields of a staff form as it means them, or what is wrong with each. */
export const readStaffForm = fieldReader(faults);

const matching = (pattern: RegExp, fault: Fault) => z.string(fault).regex(pattern, fault);
const password = matching(/^[\s\S]{1,128}$/, 'password-missing');

export const signInForm = z.object({
  name: matching(/^\S.{0,63}$/, 'name-missing'),
  password,
  code: matching(/^[0-9]{6}$/, 'code-shape'),
  back: z.string().optional(),
});

export const passwordForm = z
  .object({ current: password, next: password, again: z.string('passwords-differ') })
  .refine(({ next, again }) => next === again, { path: ['again'], message: 'passwords-differ' });

/** Spaces and hyphens are how people read a number; they are taken out. Small letters are meant as capitals. */
const asNumber = (text: string) =>
  text.replace(/[\s-]/g, '').replace(/[a-z]/g, (letter) => letter.toUpperCase());
const cardNumber = z
  .string('card-number-shape')
  .transform(asNumber)
  .pipe(matching(/^[0-9A-Z]{9,19}$/, 'card-number-shape'));
const idNumber = z
  .string('id-number-shape')
  .transform(asNumber)
  .pipe(matching(/^\d{17}[\dX]$/, 'id-number-shape'));
const nothing = z.string().trim().length(0).optional();

export const searchForm = z.union(
  [
    z.object({ cardNumber, idNumber: nothing }).transform((said) => ({ cardNumber: said.cardNumber })),
    z.object({ cardNumber: nothing, idNumber }).transform((said) => ({ idNumber: said.idNumber })),
  ],
  'search-missing',
);

const reason = z.string('reason-missing').trim().min(1, 'reason-missing').max(200, 'reason-missing');
const acts = z.string('act-unknown').regex(/^[a-z-]{1,32}$/, 'act-unknown');

/** The first step of an act: what, and why. What happens at the counter needs no reason. */
export const reviewForm = z.object({ act: acts, reason, usable: z.literal('yes').optional() });
export const reasonForm = z.object({ reason });

/** The second: what was shown, the seal over it, and what only the last step asks for. */
export const confirmForm = z.object({
  act: acts,
  reason: z.string('reason-missing').max(200, 'reason-missing'),
  before: z.string('act-unknown'),
  usable: z.literal('yes').optional(),
  seal: z.string('act-unknown'),
});

export const newNumberForm = z
  .object({ newNumber: cardNumber, again: z.string().transform(asNumber) })
  .refine(({ newNumber, again }) => newNumber === again, { path: ['again'], message: 'card-number-shape' })
  .transform(({ newNumber }) => newNumber);

export const counterForm = z.object({ cardNumber });

const secret = matching(/^([0-9]{6})?$/, 'six-digits');
/** Both or none: a card account that has them keeps them. */
export const secretsForm = z
  .object({ queryPassword: secret, paymentPin: secret })
  .refine(({ queryPassword, paymentPin }) => (queryPassword === '') === (paymentPin === ''), {
    path: ['paymentPin'],
    message: 'six-digits',
  })
  .transform(({ queryPassword, paymentPin }) =>
    queryPassword === '' ? null : { queryPassword, paymentPin },
  );
