import { sql } from 'drizzle-orm';
import { boolean, check, customType, integer, pgSchema, text } from 'drizzle-orm/pg-core';

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

export const terminalsSchema = pgSchema('terminals');

/** A terminal: whose it is, what it may do, which batch it is in, and its key, sealed. A reference table. */
export const terminals = terminalsSchema.table(
  'terminals',
  {
    id: integer('id').primaryKey(),
    participantId: integer('participant_id').notNull(),
    sector: text('sector').notNull(),
    allowedKinds: text('allowed_kinds').array().notNull(),
    batchNumber: integer('batch_number').notNull().default(1),
    active: boolean('active').notNull().default(true),
    keySealed: bytes('key_sealed').notNull(),
  },
  (t) => [
    check('terminals_id', sql`${t.id} between 1 and 99999999`),
    check('terminals_batch', sql`${t.batchNumber} between 1 and 999999`),
  ],
);
