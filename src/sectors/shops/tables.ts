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
    /** Up to here a payment needs no PIN. */
    pinFreeFen: amount('pin_free_fen').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.product, t.effectiveFrom] }),
    check('limits_order', sql`0 < ${t.perPaymentFen} and ${t.perPaymentFen} <= ${t.perDayFen}`),
    check('limits_pin_free', sql`${t.pinFreeFen} >= 0`),
  ],
);

/** What a product ("*": every other) may pay at merchants of a category, from a day on. */
export const mccRules = shops.table(
  'mcc_rules',
  {
    product: text('product').notNull(),
    mcc: text('mcc').notNull(),
    effectiveFrom: date('effective_from', { mode: 'string' }).notNull(),
    verdict: text('verdict').notNull(),
    perPaymentFen: amount('per_payment_fen'),
    perDayFen: amount('per_day_fen'),
  },
  (t) => [
    primaryKey({ columns: [t.product, t.mcc, t.effectiveFrom] }),
    check('mcc_rules_mcc', sql`${t.mcc} ~ '^[0-9]{4}$'`),
    check('mcc_rules_verdict', sql`${t.verdict} in ('blocked', 'limits')`),
    check(
      'mcc_rules_limits',
      sql`coalesce(${t.perPaymentFen}, 1) > 0 and coalesce(${t.perDayFen}, 1) > 0
        and (${t.verdict} = 'limits' or coalesce(${t.perPaymentFen}, ${t.perDayFen}) is null)`,
    ),
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
