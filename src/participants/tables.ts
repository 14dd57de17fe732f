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
    active: boolean('active').notNull().default(true),
  },
  (t) => [check('participants_id', sql`${t.id} between 1 and 999999`)],
);
