import { sql } from 'drizzle-orm';
import {
  bigint,
  date,
  pgSchema,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';

export const idempotency = pgSchema('idempotency');

/**
 * One key, one outcome: every decided request, declines too, kept for years. Ids and keys are unique by themselves, so
 * that a key is taken once whatever card it comes with. Who distributes the table makes the three indexes anew with
 * the bucket (`drizzle/citus.sql`).
 */
export const outcomes = idempotency.table(
  'outcomes',
  {
    id: bigint('id', { mode: 'bigint' }).notNull(),
    cardId: bigint('card_id', { mode: 'bigint' }).notNull(),
    /** What the request asked for; null where the sector's tariff decides. */
    amountFen: bigint('amount_fen', { mode: 'bigint' }),
    originalId: bigint('original_id', { mode: 'bigint' }),
    localTime: timestamp('local_time', { mode: 'string' }).notNull(),
    businessDate: date('business_date', { mode: 'string' }).notNull(),
    bucket: smallint('bucket').notNull(),
    kind: smallint('kind').notNull(),
    sector: smallint('sector').notNull(),
    businessKey: uuid('business_key').notNull(),
    /** Null where the channel has no key of its own, and for the tombstone of a reversal. */
    callerKey: uuid('caller_key'),
    refusal: text('refusal'),
    detail: text('detail'),
  },
  (t) => [
    primaryKey({ name: 'outcomes_id', columns: [t.id] }),
    unique('outcomes_business_key_once').on(t.businessKey),
    // Messages of ISO 8583 have no key of their own: an index that leaves them out costs them nothing.
    uniqueIndex('outcomes_caller_key_once').on(t.callerKey).where(sql`caller_key is not null`),
  ],
);
