import { z } from 'zod';
import { parseWholeYuan } from '#channels/pages/rules/parse-yuan.ts';
import { textField } from './fields.ts';

const passwordLengthMax = 64;
const present = new RegExp(`^[^]{1,${passwordLengthMax}}$`);
/** The query password and the payment PIN of the trade: six digits. */
const sixDigits = /^\d{6}$/;

/**
 * Spaces and hyphens are how people read a card number; they are taken out. Small letters are meant as capitals:
 * only those of ASCII, so that no other sign becomes one.
 */
const cardNumber = z
  .string('card-number-shape')
  .max(40, 'card-number-shape')
  .transform((text) => text.replace(/[\s-]/g, '').replace(/[a-z]/g, (letter) => letter.toUpperCase()))
  .pipe(textField(/^[0-9A-Z]{9,19}$/, 'card-number-shape'));

export const signInForm = z.object({
  cardNumber,
  password: textField(present, 'password-missing'),
  back: z.string().optional(),
});

export const lossForm = z.object({ kind: z.enum(['temporary', 'formal'], 'loss-kind-missing') });

export const liftForm = z.object({ password: textField(present, 'password-missing') });

const yuan = z.string('yuan-shape').transform((text, context) => {
  const amount = parseWholeYuan(text);
  if (amount !== null && amount > 0n) return amount;
  context.addIssue({ code: 'custom', message: 'yuan-shape' });
  return z.NEVER;
});

export const consentForm = z.object({
  threshold: yuan,
  amount: yuan,
  agree: z.literal('yes', 'agreement-missing'),
  version: z.string('agreement-missing').max(40, 'agreement-missing'),
});

export const passwordForm = z
  .object({
    current: textField(present, 'password-missing'),
    next: textField(sixDigits, 'new-password-shape'),
    again: z.string('passwords-differ'),
  })
  .refine(({ next, again }) => next === again, { path: ['again'], message: 'passwords-differ' });

export const pinForm = z
  .object({
    password: textField(present, 'password-missing'),
    pin: textField(sixDigits, 'pin-shape'),
    pinAgain: z.string('pins-differ'),
  })
  .refine(({ pin, pinAgain }) => pin === pinAgain, { path: ['pinAgain'], message: 'pins-differ' });
