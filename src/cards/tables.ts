import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  customType,
  date,
  pgSchema,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
} from 'drizzle-orm/pg-core';

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
const id = (name: string) => bigint(name, { mode: 'bigint' });

export const cards = pgSchema('cards');

/** A person is not a card and not an account: cards are lost and replaced, the account stays. */
export const persons = cards.table('persons', {
  id: id('id').primaryKey(),
  createdAt: timestamp('created_at', { withTimezone: true, mode: 'date' }).notNull().defaultNow(),
});

/** Card account: what the ledger knows as the owner of purses. Its bucket is stored and never changes. */
export const cardAccounts = cards.table(
  'card_accounts',
  {
    id: id('id').notNull(),
    personId: id('person_id').notNull(),
    bucket: smallint('bucket').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.bucket, t.id] }),
    check('card_accounts_bucket', sql`${t.bucket} between 0 and 255`),
  ],
);

/** The plastic (or the code): a number, found by keyed digest, with a status that is read in each group. */
export const plastics = cards.table(
  'cards',
  {
    id: id('id').notNull(),
    cardAccountId: id('card_account_id').notNull(),
    expiresOn: date('expires_on', { mode: 'string' }).notNull(),
    bucket: smallint('bucket').notNull(),
    numberDigest: bytes('number_digest').notNull(),
    numberTail: text('number_tail').notNull(),
    /** Which limits and purses come with the card. */
    product: text('product').notNull(),
    status: text('status').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.bucket, t.id] }),
    unique('cards_number_digest').on(t.numberDigest, t.bucket),
    check('cards_status', sql`${t.status} in ('active', 'not-active', 'lost', 'locked', 'closed')`),
    check('cards_tail', sql`length(${t.numberTail}) = 4`),
  ],
);
