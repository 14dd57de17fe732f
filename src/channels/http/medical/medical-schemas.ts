import { z } from '@hono/zod-openapi';
import { amount, cardNumber, currency, fenWithin, isDay, localTime } from '#channels/http/wire/schemas.ts';
import { amountFenMax } from '#money/fen.ts';

/** The sender's message id of the national platform: institution (12), time (14), sequence (4). It names a message for ever. */
const messageId = z
  .string()
  .regex(
    /^[0-9A-Z]{12}20\d\d[01]\d[0-3]\d([01]\d|2[0-3])[0-5]\d[0-5]\d\d{4}$/,
    'a message id of 30 characters',
  )
  .refine((text) => isDay(dayIn(text)), 'a message id with a day of the calendar')
  .openapi({ example: 'H46010000001202611220830000001' });

/** Less than a billion yuan: as many digits as a leg is kept with. */
const legMax = Number(amountFenMax) - 1;
const leg = fenWithin(0, legMax);

const legs = {
  total: fenWithin(1, legMax).openapi({ description: 'medfee_sumamt' }),
  fund: leg.openapi({ description: 'fund_pay_sumamt: what the pooled fund pays' }),
  personalAccount: leg.openapi({ description: 'acct_pay: of the amount, what the personal account pays' }),
  mutualAid: leg.openapi({ description: 'acct_mulaid_pay: what family mutual aid pays' }),
  cash: leg.openapi({ description: 'psn_cash_pay in notes at the window: posts nothing' }),
};
const cardPays = amount.optional().openapi({
  description: 'What the card pays, the personal account included; absent where it pays nothing',
});

export const preSettlementBody = z
  .strictObject({ cardNumber, ...legs, amount: cardPays, currency })
  .openapi('MedicalPreSettlement');
export const settlementBody = z
  .strictObject({ messageId, cardNumber, ...legs, amount: cardPays, currency, localTime })
  .openapi('MedicalSettlement', {
    description:
      'The result of message 2207. total = fund + mutualAid + cash + amount, personalAccount ≤ amount.',
  });
export const cancellationBody = z
  .strictObject({ messageId, originalMessageId: messageId, cardNumber, amount: cardPays })
  .openapi('MedicalCancellation', {
    description: 'Message 2208: the whole settlement, which must be there.',
  });
export const reversalBody = z
  .strictObject({ originalMessageId: messageId, cardNumber, amount: cardPays })
  .openapi('MedicalReversal', { description: 'Message 2601 (冲正): also before its original comes.' });

const canPay = z.object({ asked: z.int(), available: z.int() });
export const preSettlement = z
  .object({
    payable: z.boolean(),
    reason: z.string().nullable().openapi({ description: 'The code of the first thing in the way' }),
    personalAccount: canPay,
    ownMoney: canPay,
    currency,
  })
  .openapi('MedicalPreSettlementResult', {
    description: 'How it stands now. Nothing is held, nothing moves.',
  });

export type PreSettlementBody = z.infer<typeof preSettlementBody>;
export type SettlementBody = z.infer<typeof settlementBody>;
export type CancellationBody = z.infer<typeof cancellationBody>;
export type ReversalBody = z.infer<typeof reversalBody>;

/** The day within a message id: "2026-11-22". */
function dayIn(id: string): string {
  return `${id.slice(12, 16)}-${id.slice(16, 18)}-${id.slice(18, 20)}`;
}

/** The time within a message id, as requests carry it: "2026-11-22 08:30:00". The same however often it is sent. */
export function timeIn(id: string): string {
  return `${dayIn(id)} ${id.slice(20, 22)}:${id.slice(22, 24)}:${id.slice(24, 26)}`;
}
