import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  customType,
  date,
  foreignKey,
  index,
  integer,
  pgSchema,
  primaryKey,
  smallint,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
const amount = (name: string) => bigint(name, { mode: 'bigint' });
const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

export const bills = pgSchema('bills');

/**
 * A utility: where it is spoken to, under which key, and the terminal under which its bills are paid. A handful of
 * rows that administrators keep; each payment reads its own, so no version of them is kept in memory.
 */
export const utilities = bills.table(
  'utilities',
  {
    participantId: integer('participant_id').primaryKey(),
    /** Nobody holds this terminal's key: only the room `bills` posts under it. */
    terminalId: integer('terminal_id').notNull().unique(),
    baseUrl: text('base_url').notNull(),
    keySealed: bytes('key_sealed').notNull(),
    queryTimeoutMs: integer('query_timeout_ms').notNull(),
    writeOffTimeoutMs: integer('write_off_timeout_ms').notNull(),
    active: boolean('active').notNull().default(true),
    /** Days that were closed before it was there have no file for it. */
    since: moment('since').notNull().default(sql`clock_timestamp()`),
  },
  (t) => [
    check('utilities_base_url', sql`${t.baseUrl} ~ '^https?://[^/?#@]+(/[A-Za-z0-9._-]+)*$'`),
    check('utilities_query_timeout', sql`${t.queryTimeoutMs} between 50 and 5000`),
    check('utilities_write_off_timeout', sql`${t.writeOffTimeoutMs} between 50 and 10000`),
  ],
);

/**
 * A bill's payment. Its key is an id of its own and not the card's bucket: it is not on the posting path (the money
 * is guarded by clearing's keys), and what it must find at once over all cards is the bill. A distributed database
 * keeps this table whole at one place.
 */
export const payments = bills.table(
  'payments',
  {
    /** The reference under which the utility writes off: never used twice, not even after a restore. */
    id: uuid('id').primaryKey(),
    sequence: bigint('sequence', { mode: 'bigint' }).generatedAlwaysAsIdentity().notNull().unique(),
    amountFen: amount('amount_fen').notNull(),
    cardAccountId: amount('card_account_id').notNull(),
    cardId: amount('card_id').notNull(),
    utilityId: integer('utility_id').notNull(),
    customerNumber: text('customer_number').notNull(),
    billNumber: text('bill_number').notNull(),
    /** Null until the utility has said that the bill is due in this amount. */
    period: text('period'),
    /** The purse that the holder named, or null for those of the rule. */
    purse: text('purse'),
    /** The trace of the terminal that asked: its repeat finds this row. */
    terminalId: integer('terminal_id').notNull(),
    batchNumber: integer('batch_number').notNull(),
    traceNumber: integer('trace_number').notNull(),
    localTime: timestamp('local_time', { mode: 'string', precision: 0 }).notNull(),
    callerKey: uuid('caller_key').notNull().unique(),
    state: text('state').notNull().default('reserved'),
    cancellation: text('cancellation').notNull().default('none'),
    /** Why the money went back. */
    reason: text('reason'),
    /** Why clearing declined. */
    refusal: text('refusal'),
    entryId: amount('entry_id'),
    paidOn: date('paid_on', { mode: 'string' }),
    returnEntryId: amount('return_entry_id'),
    returnedOn: date('returned_on', { mode: 'string' }),
    /** A refusal of a return is pinned under its key, so the next try has another one. */
    returnTries: smallint('return_tries').notNull().default(0),
    createdAt: moment('created_at').notNull().default(sql`clock_timestamp()`),
    /** Until then whoever holds the lease drives; afterwards it died or lost its way. */
    leasedUntil: moment('leased_until').notNull(),
    /** When the schedule looks again. */
    nextDriveAt: moment('next_drive_at').notNull(),
    drives: integer('drives').notNull().default(1),
  },
  (t) => [
    // The one rule that everything here is for: a bill is not paid twice, whoever tries at once.
    uniqueIndex('payments_bill_once')
      .on(t.utilityId, t.billNumber)
      .where(sql`state not in ('declined', 'abandoned', 'returned')`),
    uniqueIndex('payments_trace').on(t.terminalId, t.batchNumber, t.traceNumber, sql`(local_time::date)`),
    index('payments_due')
      .on(t.nextDriveAt)
      .where(sql`state in ('reserved', 'abandoning', 'paid', 'returning') or cancellation = 'due'`),
    index('payments_holder').on(t.cardAccountId, t.sequence),
    index('payments_paid_on').on(t.utilityId, t.paidOn),
    index('payments_returned_on').on(t.utilityId, t.returnedOn).where(sql`returned_on is not null`),
    foreignKey({ columns: [t.utilityId], foreignColumns: [utilities.participantId] }),
    check('payments_amount', sql`${t.amountFen} > 0`),
    check(
      'payments_state',
      sql`${t.state} in
        ('reserved', 'abandoning', 'paid', 'written-off', 'returning', 'returned', 'declined', 'abandoned')`,
    ),
    check('payments_cancellation', sql`${t.cancellation} in ('none', 'due', 'confirmed', 'refused')`),
    check('payments_reason', sql`${t.reason} in ('utility-refused', 'utility-silent', 'caller-gone')`),
    check(
      'payments_taken',
      sql`(${t.state} in ('paid', 'written-off', 'returning', 'returned')) = (${t.entryId} is not null)
        and (${t.entryId} is null) = (${t.paidOn} is null)`,
    ),
    check(
      'payments_given_back',
      sql`(${t.state} = 'returned') = (${t.returnEntryId} is not null)
        and (${t.returnEntryId} is null) = (${t.returnedOn} is null)
        and (${t.state} in ('returning', 'returned')) = (${t.reason} is not null)`,
    ),
    check('payments_asked', sql`${t.entryId} is null or ${t.period} is not null`),
    check('payments_declined', sql`(${t.state} = 'declined') = (${t.refusal} is not null)`),
    check('payments_cancelled', sql`${t.cancellation} = 'none' or ${t.state} in ('returning', 'returned')`),
  ],
);

/** The file of a closed business day as the utility got it. */
export const dayFiles = bills.table(
  'day_files',
  {
    utilityId: integer('utility_id').notNull(),
    businessDate: date('business_date', { mode: 'string' }).notNull(),
    content: text('content').notNull(),
    digest: bytes('digest').notNull(),
    lineCount: integer('line_count').notNull(),
    amountFen: amount('amount_fen').notNull(),
    /** What the ledger says that the utility is owed for the day. */
    ledgerFen: amount('ledger_fen').notNull(),
    madeAt: moment('made_at').notNull().default(sql`clock_timestamp()`),
    sentAt: moment('sent_at'),
    nextSendAt: moment('next_send_at').notNull().default(sql`clock_timestamp()`),
  },
  (t) => [
    primaryKey({ columns: [t.utilityId, t.businessDate] }),
    foreignKey({ columns: [t.utilityId], foreignColumns: [utilities.participantId] }),
    check('day_files_digest', sql`${t.digest} = sha256(convert_to(${t.content}, 'UTF8'))`),
  ],
);

/** What the utility's books say otherwise than a day's file, or our own ledger. */
export const dayFileBreaks = bills.table(
  'day_file_breaks',
  {
    utilityId: integer('utility_id').notNull(),
    businessDate: date('business_date', { mode: 'string' }).notNull(),
    /** The payment, or "ledger" for the sum. */
    reference: text('reference').notNull(),
    kind: text('kind').notNull(),
    amountFen: amount('amount_fen').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.utilityId, t.businessDate, t.reference] }),
    foreignKey({
      columns: [t.utilityId, t.businessDate],
      foreignColumns: [dayFiles.utilityId, dayFiles.businessDate],
    }),
  ],
);
