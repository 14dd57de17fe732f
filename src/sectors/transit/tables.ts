import { sql } from 'drizzle-orm';
import { bigint, check, date, integer, pgSchema, primaryKey, smallint, text } from 'drizzle-orm/pg-core';

const amount = (name: string) => bigint(name, { mode: 'bigint' });

export const transit = pgSchema('transit');

/** An operator's fare for a line (line "*" is every other line), from a day on. */
export const tariffs = transit.table(
  'tariffs',
  {
    participantId: integer('participant_id').notNull(),
    line: text('line').notNull(),
    effectiveFrom: date('effective_from', { mode: 'string' }).notNull(),
    fareFen: amount('fare_fen').notNull(),
    /** The part of the fare that a transfer pays: "0.5". */
    transferRate: text('transfer_rate').notNull(),
    transferWindowMinutes: integer('transfer_window_minutes').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.participantId, t.line, t.effectiveFrom] }),
    check('tariffs_fare', sql`${t.fareFen} > 0 and ${t.transferWindowMinutes} >= 0`),
    check('tariffs_rate', sql`${t.transferRate} ~ '^(0|1)(\\.[0-9]{1,6})?$'`),
  ],
);

/** A card account's last full-fare tap, from which the transfer window runs. */
export const taps = transit.table(
  'taps',
  {
    cardAccountId: amount('card_account_id').notNull(),
    tappedAtMs: amount('tapped_at_ms').notNull(),
    entryId: amount('entry_id').notNull(),
    bucket: smallint('bucket').notNull(),
  },
  (t) => [primaryKey({ columns: [t.bucket, t.cardAccountId] })],
);
