import { sql } from 'drizzle-orm';
import { bigint, check, date, integer, pgSchema, primaryKey, text } from 'drizzle-orm/pg-core';

const amount = (name: string) => bigint(name, { mode: 'bigint' });

export const topUp = pgSchema('top_up');

/** Which purses a participant may load, and how much at once, from a day on. */
export const rules = topUp.table(
  'rules',
  {
    participantId: integer('participant_id').notNull(),
    purse: text('purse').notNull(),
    effectiveFrom: date('effective_from', { mode: 'string' }).notNull(),
    perLoadFen: amount('per_load_fen').notNull(),
    balanceMaxFen: amount('balance_max_fen').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.participantId, t.purse, t.effectiveFrom] }),
    check('rules_order', sql`0 < ${t.perLoadFen} and ${t.perLoadFen} <= ${t.balanceMaxFen}`),
  ],
);
