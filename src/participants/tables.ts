import { sql } from 'drizzle-orm';
import { boolean, check, integer, pgSchema, text } from 'drizzle-orm/pg-core';

export const participantsSchema = pgSchema('participants');

/** Who is paid, or who pays in: merchants, operators, agencies, banks. A reference table. */
export const participants = participantsSchema.table(
  'participants',
  {
    id: integer('id').primaryKey(),
    name: text('name').notNull(),
    nameEn: text('name_en').notNull(),
    sector: text('sector').notNull(),
    /** Merchant category code (ISO 18245); "0000" where nobody asks for one. */
    mcc: text('mcc').notNull().default('0000'),
    active: boolean('active').notNull().default(true),
  },
  (t) => [
    check('participants_id', sql`${t.id} between 1 and 999999`),
    check('participants_mcc', sql`${t.mcc} ~ '^[0-9]{4}$'`),
  ],
);
