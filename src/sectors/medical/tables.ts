import { sql } from 'drizzle-orm';
import { check, date, integer, pgSchema, primaryKey, text } from 'drizzle-orm/pg-core';

export const medical = pgSchema('medical');

/** A hospital or pharmacy, and the funds that pay a part of its settlements, from a day on. A reference table. */
export const institutions = medical.table(
  'institutions',
  {
    participantId: integer('participant_id').notNull(),
    effectiveFrom: date('effective_from', { mode: 'string' }).notNull(),
    kind: text('kind').notNull(),
    /** The participant that pays the pooled fund's part; null where none does. */
    pooledFundId: integer('pooled_fund_id'),
    mutualAidId: integer('mutual_aid_id'),
  },
  (t) => [
    primaryKey({ columns: [t.participantId, t.effectiveFrom] }),
    check('institutions_kind', sql`${t.kind} in ('hospital', 'pharmacy')`),
    // A plan posts to a payer once, and nobody pays itself.
    check(
      'institutions_payers',
      sql`${t.pooledFundId} <> ${t.mutualAidId} and ${t.participantId} <> ${t.pooledFundId} and ${t.participantId} <> ${t.mutualAidId}`,
    ),
  ],
);
