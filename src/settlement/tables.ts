import { bigint, customType, date, integer, pgSchema, primaryKey, timestamp } from 'drizzle-orm/pg-core';

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
const amount = (name: string) => bigint(name, { mode: 'bigint' });

export const settlement = pgSchema('settlement');

/** A closed day's net for one participant: what we owe it (positive) or it owes us. */
export const nets = settlement.table(
  'nets',
  {
    businessDate: date('business_date', { mode: 'string' }).notNull(),
    participantId: integer('participant_id').notNull(),
    creditFen: amount('credit_fen').notNull(),
    debitFen: amount('debit_fen').notNull(),
    creditCount: integer('credit_count').notNull(),
    debitCount: integer('debit_count').notNull(),
  },
  (t) => [primaryKey({ columns: [t.businessDate, t.participantId] })],
);

/** The day's seal: a hash over the lane heads at the cut-off and the nets that follow from them. */
export const seals = settlement.table('seals', {
  businessDate: date('business_date', { mode: 'string' }).primaryKey(),
  sealedAt: timestamp('sealed_at', { withTimezone: true, mode: 'date' }).notNull().defaultNow(),
  hash: bytes('hash').notNull(),
});
