import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  customType,
  date,
  foreignKey,
  integer,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
const fenColumn = (name: string) => bigint(name, { mode: 'bigint' });

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

/**
 * A batch of a terminal: what was settled of it, by the terminal's totals and by ours. The terminal's own row says
 * which of them is current: that is the one that is not closed. A number that a terminal had is not used again.
 */
export const batches = terminalsSchema.table(
  'batches',
  {
    terminalId: integer('terminal_id')
      .notNull()
      .references(() => terminals.id),
    batchNumber: integer('batch_number').notNull(),
    /** The local day in Hainan: the date in the business key of messages of the batch that carry none. */
    openedOn: date('opened_on', { mode: 'string' }).notNull(),
    state: text('state').notNull(),
    claimedDebitFen: fenColumn('claimed_debit_fen'),
    claimedDebitCount: integer('claimed_debit_count'),
    claimedCreditFen: fenColumn('claimed_credit_fen'),
    claimedCreditCount: integer('claimed_credit_count'),
    ownDebitFen: fenColumn('own_debit_fen'),
    ownDebitCount: integer('own_debit_count'),
    ownCreditFen: fenColumn('own_credit_fen'),
    ownCreditCount: integer('own_credit_count'),
    /** Outcomes with ids below this one are in our totals; those that came later are not, and never will be. */
    countedBelow: bigint('counted_below', { mode: 'bigint' }),
    /** The trace number of the message that was judged last: its repeat is given the same answer. */
    settleTrace: integer('settle_trace'),
    settleAnswer: text('settle_answer'),
    settledAt: timestamp('settled_at', { withTimezone: true, mode: 'date' }),
    closedAt: timestamp('closed_at', { withTimezone: true, mode: 'date' }),
  },
  (t) => [
    primaryKey({ columns: [t.terminalId, t.batchNumber] }),
    uniqueIndex('batches_current').on(t.terminalId).where(sql`state <> 'closed'`),
    check('batches_number', sql`${t.batchNumber} between 1 and 999999`),
    check('batches_state', sql`${t.state} in ('open', 'unbalanced', 'closed')`),
    check('batches_answer', sql`${t.settleAnswer} in ('balanced', 'unbalanced')`),
    check('batches_closed', sql`(${t.state} = 'closed') = (${t.closedAt} is not null)`),
    check(
      'batches_settled',
      sql`num_nonnulls(${t.claimedDebitFen}, ${t.claimedDebitCount}, ${t.claimedCreditFen}, ${t.claimedCreditCount}, ${t.ownDebitFen}, ${t.ownDebitCount}, ${t.ownCreditFen}, ${t.ownCreditCount}, ${t.countedBelow}, ${t.settleTrace}, ${t.settleAnswer}, ${t.settledAt}) = case when ${t.state} = 'open' then 0 else 12 end`,
    ),
    check(
      'batches_signs',
      sql`least(${t.claimedDebitFen}, ${t.claimedDebitCount}, ${t.claimedCreditFen}, ${t.claimedCreditCount}, ${t.ownDebitFen}, ${t.ownDebitCount}, ${t.ownCreditFen}, ${t.ownCreditCount}) >= 0`,
    ),
  ],
);

/** What a terminal uploaded of a batch that did not balance, a row a record, and what our books say to it. */
export const batchUploads = terminalsSchema.table(
  'batch_uploads',
  {
    terminalId: integer('terminal_id').notNull(),
    batchNumber: integer('batch_number').notNull(),
    traceNumber: integer('trace_number').notNull(),
    /** Which total it is part of; null where the record does not say. */
    side: text('side'),
    /** Null for what only our books have. */
    amountFen: fenColumn('amount_fen'),
    /** Null for what only the terminal has. */
    ownAmountFen: fenColumn('own_amount_fen'),
    /** The last four digits of the card number. */
    cardTail: text('card_tail'),
    /** Null until the batch is closed, and for good where it had more records than are compared. */
    verdict: text('verdict'),
  },
  (t) => [
    primaryKey({ columns: [t.terminalId, t.batchNumber, t.traceNumber] }),
    foreignKey({
      name: 'batch_uploads_batch',
      columns: [t.terminalId, t.batchNumber],
      foreignColumns: [batches.terminalId, batches.batchNumber],
    }),
    check('batch_uploads_trace', sql`${t.traceNumber} between 0 and 999999`),
    check('batch_uploads_side', sql`${t.side} in ('debit', 'credit')`),
    check('batch_uploads_tail', sql`${t.cardTail} ~ '^[0-9]{4}$'`),
    check('batch_uploads_amounts', sql`least(${t.amountFen}, ${t.ownAmountFen}) >= 0`),
    check(
      'batch_uploads_verdict',
      sql`${t.verdict} in ('matched', 'amount-differs', 'side-differs', 'missing-here', 'missing-there')`,
    ),
    check(
      'batch_uploads_known',
      sql`(${t.amountFen} is null) = (coalesce(${t.verdict}, '') = 'missing-there')`,
    ),
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
