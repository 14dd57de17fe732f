import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  customType,
  date,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  smallint,
  timestamp,
} from 'drizzle-orm/pg-core';

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
const amount = (name: string) => bigint(name, { mode: 'bigint' });

export const settlement = pgSchema('settlement');

/** A closed day's net for one participant: what we owe it (positive) or it owes us. */
export const nets = settlement.table(
  'nets',
  {
    businessDate: date('business_date', { mode: 'string' }).notNull(),
    participantId: integer('participant_id').notNull(),
    creditFen: amount('credit_fen').notNull(),
    debitFen: amount('debit_fen').notNull(),
    creditCount: integer('credit_count').notNull(),
    debitCount: integer('debit_count').notNull(),
  },
  (t) => [primaryKey({ columns: [t.businessDate, t.participantId] })],
);

/** The day's seal: a hash over the lane heads at the cut-off and the nets that follow from them. */
export const seals = settlement.table('seals', {
  businessDate: date('business_date', { mode: 'string' }).primaryKey(),
  sealedAt: timestamp('sealed_at', { withTimezone: true, mode: 'date' }).notNull().defaultNow(),
  hash: bytes('hash').notNull(),
});

/** What the last look at the running books found, the same for every instance: one row. */
export const lamp = settlement.table(
  'lamp',
  {
    id: smallint('id').primaryKey(),
    /** Rises with each look: whoever was overtaken writes nothing. 0 before the first. */
    look: amount('look').notNull(),
    /** When the look began: what was committed before it was seen. */
    computedAt: timestamp('computed_at', { withTimezone: true, mode: 'date' }),
    businessDate: date('business_date', { mode: 'string' }),
    driftFen: amount('drift_fen'),
    /** Decided requests whose group was not recomputed yet. */
    behind: amount('behind'),
    lookMs: integer('look_ms'),
    /** How long after its begin the next look is due. */
    pauseMs: integer('pause_ms'),
    checks: jsonb('checks'),
    findings: jsonb('findings'),
    queues: jsonb('queues'),
    /** How far the books were gone through; whoever looks next goes on from here. */
    watermark: jsonb('watermark'),
  },
  (t) => [check('lamp_one_row', sql`${t.id} = 1`)],
);

/** The postings of the days that are watched, summed as far as they were looked at. */
export const watchedTotals = settlement.table(
  'watched_totals',
  {
    accountId: amount('account_id').notNull(),
    debitFen: amount('debit_fen').notNull(),
    creditFen: amount('credit_fen').notNull(),
    debitCount: amount('debit_count').notNull(),
    creditCount: amount('credit_count').notNull(),
    businessDate: date('business_date', { mode: 'string' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.businessDate, t.accountId] })],
);
