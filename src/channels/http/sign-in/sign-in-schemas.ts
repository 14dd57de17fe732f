import { z } from '@hono/zod-openapi';
import { staffNamePattern } from '#access/rules/staff-name.ts';

const textMax = 128;
export const cardNumber = z
  .string()
  .regex(/^[0-9A-Z]{9,19}$/, 'a card number')
  .openapi({ description: 'Only in a body, never in a URL or a log' });
const sixDigits = z.string().regex(/^[0-9]{6}$/, 'six digits');
const password = z.string().min(1).max(textMax);
export const staffName = z
  .string()
  .regex(staffNamePattern, 'a sign-in name')
  .openapi({ example: 'finance-1' });

export const holderSignInBody = z
  .strictObject({ cardNumber, password: sixDigits })
  .openapi('HolderSignIn', { description: 'Card number and query password (查询密码)' });
export const staffSignInBody = z
  .strictObject({ name: staffName, password, code: sixDigits })
  .openapi('StaffSignIn', { description: 'Name, password and one-time code of an authenticator app' });
export const queryPasswordBody = z
  .strictObject({ old: sixDigits, new: sixDigits })
  .openapi('QueryPasswordChange');
export const paymentPinBody = z
  .strictObject({ password: sixDigits, pin: sixDigits })
  .openapi('PaymentPinChoice', {
    description: 'The query password once more, and the payment PIN (支付密码)',
  });
export const staffPasswordBody = z
  .strictObject({ old: password, new: password })
  .openapi('StaffPasswordChange', { description: '12 to 128 characters, without the sign-in name' });

export const session = z
  .object({
    token: z.string().openapi({ description: 'For Authorization: Bearer …; shown once' }),
    role: z.enum(['holder', 'administrator', 'operator', 'finance', 'auditor']),
    subjectId: z.string().openapi({ description: "A holder's card account, or the number of staff" }),
    expiresAt: z.iso.datetime(),
    idleSeconds: z.int().openapi({ description: 'Left alone for so long it is over' }),
    mustChangePassword: z.boolean().openapi({ description: 'Good for changing the password only' }),
  })
  .openapi('Session');
export const done = z.object({ status: z.literal('done') }).openapi('Done');
