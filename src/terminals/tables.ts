import { sql } from 'drizzle-orm';
import { boolean, check, customType, integer, pgSchema, text, timestamp } from 'drizzle-orm/pg-core';

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

const moment = (name: string) => timestamp(name, { withTimezone: true });

/**
 * The keys of a terminal that speaks ISO 8583, each sealed under the service's master key: its own master key, the
 * working keys in use with the mode and form they were taken into use with, and those offered at a sign-on and not
 * used yet. One row a terminal, so that whichever instance is asked, the row decides.
 */
export const posKeys = terminalsSchema.table(
  'pos_keys',
  {
    terminalId: integer('terminal_id')
      .primaryKey()
      .references(() => terminals.id),
    masterAlgorithm: text('master_algorithm').notNull(),
    masterSealed: bytes('master_sealed').notNull(),
    masterSince: moment('master_since').notNull().defaultNow(),
    usedSealed: bytes('used_sealed'),
    usedMode: text('used_mode'),
    usedForm: text('used_form'),
    usedSince: moment('used_since'),
    offeredSealed: bytes('offered_sealed'),
    offeredAt: moment('offered_at'),
    revision: integer('revision').notNull().default(0),
  },
  (t) => [
    check('pos_keys_algorithm', sql`${t.masterAlgorithm} in ('3des', 'sm4')`),
    check(
      'pos_keys_used',
      sql`num_nulls(${t.usedSealed}, ${t.usedMode}, ${t.usedForm}, ${t.usedSince}) in (0, 4)`,
    ),
    check('pos_keys_mode', sql`${t.usedMode} in ('cup-ecb', 'x9.19', 'sm4')`),
    check('pos_keys_form', sql`${t.usedForm} in ('001', '003', '004')`),
    check('pos_keys_fits', sql`(${t.usedMode} = 'sm4') = (${t.masterAlgorithm} = 'sm4')`),
    check('pos_keys_offered', sql`num_nulls(${t.offeredSealed}, ${t.offeredAt}) in (0, 2)`),
  ],
);
