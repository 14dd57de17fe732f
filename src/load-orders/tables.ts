import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  customType,
  index,
  integer,
  pgSchema,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
const id = (name: string) => bigint(name, { mode: 'bigint' });
const amount = (name: string) => bigint(name, { mode: 'bigint' });
const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

export const loadOrders = pgSchema('load_orders');

/** Names orders, bindings and mandates; the bank knows an order by this number. */
export const ids = loadOrders.sequence('ids');

/** Where a bank answers, and the key (sealed) with which we sign what we ask of it. Written by the books' owner. */
export const banks = loadOrders.table(
  'banks',
  {
    participantId: integer('participant_id').primaryKey(),
    /** "https://bank.example", without a path. */
    address: text('address').notNull(),
    /** The number under which the bank knows us. */
    clientId: integer('client_id').notNull(),
    keySealed: bytes('key_sealed').notNull(),
  },
  (t) => [check('banks_address', sql`${t.address} ~ '^https?://[^/?#]+$'`)],
);

/** The bank account that loads of a card account are taken from: its number sealed, only the tail to be shown. */
export const bindings = loadOrders.table(
  'bindings',
  {
    id: id('id').notNull(),
    cardAccountId: id('card_account_id').notNull(),
    boundBy: id('bound_by').notNull(),
    boundAt: moment('bound_at').notNull().defaultNow(),
    endedAt: moment('ended_at'),
    participantId: integer('participant_id').notNull(),
    bucket: smallint('bucket').notNull(),
    accountSealed: bytes('account_sealed').notNull(),
    accountTail: text('account_tail').notNull(),
    /** Which text the holder consented to. */
    consentVersion: text('consent_version').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.bucket, t.id] }),
    uniqueIndex('bindings_one_active').on(t.bucket, t.cardAccountId).where(sql`ended_at is null`),
    check('bindings_tail', sql`length(${t.accountTail}) = 4`),
  ],
);

/** That a holder consented to loads by themselves when the online account runs low. A change is a new row. */
export const mandates = loadOrders.table(
  'mandates',
  {
    id: id('id').notNull(),
    cardAccountId: id('card_account_id').notNull(),
    thresholdFen: amount('threshold_fen').notNull(),
    amountFen: amount('amount_fen').notNull(),
    consentedAt: moment('consented_at').notNull().defaultNow(),
    revokedAt: moment('revoked_at'),
    perDayMax: integer('per_day_max').notNull(),
    bucket: smallint('bucket').notNull(),
    purse: text('purse').notNull().default('online'),
    consentVersion: text('consent_version').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.bucket, t.id] }),
    uniqueIndex('mandates_one_active').on(t.bucket, t.cardAccountId).where(sql`revoked_at is null`),
    index('mandates_active').on(t.id).where(sql`revoked_at is null`),
    check('mandates_amounts', sql`${t.thresholdFen} > 0 and ${t.amountFen} > 0`),
    check('mandates_per_day', sql`${t.perDayMax} between 1 and 10`),
    check('mandates_purse', sql`${t.purse} = 'online'`),
  ],
);

/** A load from the bank: what is asked, and how far it is. */
export const orders = loadOrders.table(
  'orders',
  {
    id: id('id').notNull(),
    cardAccountId: id('card_account_id').notNull(),
    cardId: id('card_id').notNull(),
    bindingId: id('binding_id').notNull(),
    /** The mandate by which it came; null where the holder asked. */
    mandateId: id('mandate_id'),
    amountFen: amount('amount_fen').notNull(),
    /** The entry that loaded the purse. */
    entryId: id('entry_id'),
    createdAt: moment('created_at').notNull().defaultNow(),
    changedAt: moment('changed_at').notNull().defaultNow(),
    /** Until then it is somebody's to drive, or not yet due again. */
    dueAt: moment('due_at').notNull(),
    attempts: integer('attempts').notNull().default(0),
    terminalId: integer('terminal_id').notNull(),
    bucket: smallint('bucket').notNull(),
    callerKey: uuid('caller_key').notNull(),
    purse: text('purse').notNull(),
    state: text('state').notNull(),
    /** Why it was not loaded, by a stable code. */
    reason: text('reason'),
  },
  (t) => [
    primaryKey({ columns: [t.bucket, t.id] }),
    unique('orders_caller_key').on(t.bucket, t.callerKey),
    // One open order a mandate: two instances that see the same low balance make one.
    uniqueIndex('orders_one_open_a_mandate')
      .on(t.bucket, t.mandateId)
      .where(sql`state in ('requested', 'debited', 'returning')`),
    index('orders_due').on(t.dueAt).where(sql`state in ('requested', 'debited', 'returning')`),
    index('orders_failed').on(t.id).where(sql`state = 'failed'`),
    index('orders_of_mandate').on(t.bucket, t.mandateId, t.id),
    index('orders_open')
      .on(t.bucket, t.cardAccountId)
      .where(sql`state in ('requested', 'debited', 'returning')`),
    check('orders_amount', sql`${t.amountFen} > 0`),
    check(
      'orders_state',
      sql`${t.state} in ('requested', 'debited', 'loaded', 'refused', 'returning', 'returned', 'failed')`,
    ),
    check('orders_loaded', sql`(${t.state} = 'loaded') = (${t.entryId} is not null)`),
  ],
);
