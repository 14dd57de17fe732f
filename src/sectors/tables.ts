import { sql } from 'drizzle-orm';
import { boolean, check, date, pgSchema, primaryKey, text } from 'drizzle-orm/pg-core';

export const sectors = pgSchema('sectors');

/** Which purses may pay in a sector, at merchants of a category ("*": every other), from a day on. A reference table. */
export const purseRules = sectors.table(
  'purse_rules',
  {
    sector: text('sector').notNull(),
    mcc: text('mcc').notNull(),
    effectiveFrom: date('effective_from', { mode: 'string' }).notNull(),
    /** In the order in which they pay. */
    purses: text('purses').array().notNull(),
    split: boolean('split').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.sector, t.mcc, t.effectiveFrom] }),
    check('purse_rules_mcc', sql`${t.mcc} ~ '^([0-9]{4}|[*])$'`),
    check(
      'purse_rules_purses',
      sql`cardinality(${t.purses}) > 0 and ${t.purses} <@ array['e-purse', 'online', 'medical', 'subsidy', 'farm-subsidy', 'elder-care']`,
    ),
  ],
);
