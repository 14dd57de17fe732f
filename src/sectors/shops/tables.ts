import { sql } from 'drizzle-orm';
import { bigint, check, date, pgSchema, primaryKey, smallint, text } from 'drizzle-orm/pg-core';

const amount = (name: string) => bigint(name, { mode: 'bigint' });

export const shops = pgSchema('shops');

/** Limits of a product, from a day on. */
export const limits = shops.table(
  'limits',
  {
    product: text('product').notNull(),
    effectiveFrom: date('effective_from', { mode: 'string' }).notNull(),
    perPaymentFen: amount('per_payment_fen').notNull(),
    perDayFen: amount('per_day_fen').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.product, t.effectiveFrom] }),
    check('limits_order', sql`0 < ${t.perPaymentFen} and ${t.perPaymentFen} <= ${t.perDayFen}`),
  ],
);

/** What a card account has spent on its latest day. One row a card, raised within the payment. */
export const spending = shops.table(
  'spending',
  {
    cardAccountId: amount('card_account_id').notNull(),
    spentFen: amount('spent_fen').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    bucket: smallint('bucket').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.bucket, t.cardAccountId] }),
    check('spending_sign', sql`${t.spentFen} >= 0`),
  ],
);
