import { sql } from 'drizzle-orm';
import { bigint, boolean, check, integer, pgSchema, primaryKey, text } from 'drizzle-orm/pg-core';

export const subsidies = pgSchema('subsidies');

/** Which participant may load which purse for which programme, and how much at once. A reference table. */
export const terms = subsidies.table(
  'terms',
  {
    participantId: integer('participant_id').notNull(),
    programme: text('programme').notNull(),
    purse: text('purse').notNull(),
    perPaymentFen: bigint('per_payment_fen', { mode: 'bigint' }).notNull(),
    active: boolean('active').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.participantId, t.programme] }),
    check('terms_purse', sql`${t.purse} in ('subsidy', 'farm-subsidy', 'elder-care')`),
    check('terms_per_payment', sql`${t.perPaymentFen} > 0`),
  ],
);
