import { date, index, numeric, pgSchema, primaryKey, timestamp, uuid, varchar } from 'drizzle-orm/pg-core';

/** The tables most teams would draw for the same facts: uuid keys, foreign keys, varchar, numeric. */
const usual = pgSchema('usual');

const yuan = (name: string) => numeric(name, { precision: 18, scale: 2, mode: 'number' });
const createdAt = () => timestamp('created_at', { withTimezone: true }).notNull().defaultNow();

export const accounts = usual.table('accounts', {
  id: uuid('id').primaryKey().defaultRandom(),
  type: varchar('type', { length: 16 }).notNull(),
  balance: yuan('balance').notNull().default(0),
  createdAt: createdAt(),
});

export const cards = usual.table('cards', {
  id: uuid('id').primaryKey().defaultRandom(),
  cardNumber: varchar('card_number', { length: 19 }).notNull().unique(),
  status: varchar('status', { length: 16 }).notNull(),
  product: varchar('product', { length: 32 }).notNull(),
  expiresOn: date('expires_on').notNull(),
  accountId: uuid('account_id')
    .notNull()
    .references(() => accounts.id),
});

export const merchants = usual.table('merchants', {
  id: uuid('id').primaryKey().defaultRandom(),
  name: varchar('name', { length: 64 }).notNull(),
  status: varchar('status', { length: 16 }).notNull(),
  accountId: uuid('account_id')
    .notNull()
    .references(() => accounts.id),
});

export const terminals = usual.table('terminals', {
  id: uuid('id').primaryKey().defaultRandom(),
  terminalNumber: varchar('terminal_number', { length: 16 }).notNull().unique(),
  status: varchar('status', { length: 16 }).notNull(),
  merchantId: uuid('merchant_id')
    .notNull()
    .references(() => merchants.id),
});

export const productLimits = usual.table('product_limits', {
  product: varchar('product', { length: 32 }).primaryKey(),
  perPayment: yuan('per_payment').notNull(),
  perDay: yuan('per_day').notNull(),
});

export const dailySpending = usual.table(
  'daily_spending',
  {
    cardId: uuid('card_id')
      .notNull()
      .references(() => cards.id),
    day: date('day').notNull(),
    spent: yuan('spent').notNull(),
  },
  (t) => [primaryKey({ columns: [t.cardId, t.day] })],
);

export const transactions = usual.table(
  'transactions',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    cardId: uuid('card_id')
      .notNull()
      .references(() => cards.id),
    merchantId: uuid('merchant_id')
      .notNull()
      .references(() => merchants.id),
    terminalId: uuid('terminal_id')
      .notNull()
      .references(() => terminals.id),
    amount: yuan('amount').notNull(),
    status: varchar('status', { length: 16 }).notNull(),
    reason: varchar('reason', { length: 32 }),
    createdAt: createdAt(),
  },
  (t) => [index('transactions_card').on(t.cardId), index('transactions_merchant').on(t.merchantId)],
);

export const entries = usual.table(
  'entries',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    transactionId: uuid('transaction_id')
      .notNull()
      .references(() => transactions.id),
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id),
    amount: yuan('amount').notNull(),
    balanceAfter: yuan('balance_after').notNull(),
    createdAt: createdAt(),
  },
  (t) => [index('entries_transaction').on(t.transactionId), index('entries_account').on(t.accountId)],
);

export const idempotencyKeys = usual.table('idempotency_keys', {
  key: varchar('key', { length: 64 }).primaryKey(),
  transactionId: uuid('transaction_id')
    .notNull()
    .references(() => transactions.id),
  createdAt: createdAt(),
});
