import { sql } from 'drizzle-orm';
import { bigint, check, date, integer, pgSchema, primaryKey, smallint, text } from 'drizzle-orm/pg-core';

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

/**
 * An agent that takes cash for loads, how much it may take on a day, and what it took on its latest. One row an
 * agent, there from its enrolment and locked by each group that it loads in. A bank has none: it has no limit.
 */
export const agents = topUp.table(
  'agents',
  {
    participantId: integer('participant_id').notNull(),
    perDayFen: amount('per_day_fen').notNull(),
    usedFen: amount('used_fen').notNull().default(sql`0`),
    day: date('day', { mode: 'string' }).notNull(),
    bucket: smallint('bucket').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.bucket, t.participantId] }),
    check('agents_limit', sql`${t.perDayFen} > 0`),
    check('agents_used', sql`${t.usedFen} >= 0`),
  ],
);
