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
} from 'drizzle-orm/pg-core';

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
const fenColumn = (name: string) => bigint(name, { mode: 'bigint' });
const idColumn = (name: string) => bigint(name, { mode: 'bigint' });

export const ledger = pgSchema('ledger');

/** A purse is one row with its balance; a participant's row carries none, its postings are only appended. */
export const accounts = ledger.table(
  'accounts',
  {
    id: idColumn('id').notNull(),
    ownerId: idColumn('owner_id').notNull(),
    /** Null for an account that is rolled up from day totals and never locked. */
    balanceFen: fenColumn('balance_fen'),
    heldFen: fenColumn('held_fen').notNull().default(sql`0`),
    floorFen: fenColumn('floor_fen'),
    /** Entries of an account are numbered upwards, whatever instance posts them. */
    lastEntryId: idColumn('last_entry_id').notNull().default(sql`0`),
    bucket: smallint('bucket').notNull(),
    code: smallint('code').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.bucket, t.id] }),
    check('accounts_floor', sql`${t.floorFen} is null or ${t.balanceFen} - ${t.heldFen} >= ${t.floorFen}`),
    check('accounts_held', sql`${t.heldFen} >= 0`),
    check('accounts_code', sql`${t.id} = ${t.ownerId} * 16 + ${t.code} and ${t.code} between 0 and 15`),
  ],
);

/**
 * What happened, once. An authorisation or a void is an entry without postings. Entries and postings are partitioned
 * by business date, which drizzle does not know: the migrations say so.
 */
export const entries = ledger.table(
  'entries',
  {
    ownerId: idColumn('owner_id').notNull(),
    id: idColumn('id').notNull(),
    originalId: idColumn('original_id'),
    businessDate: date('business_date', { mode: 'string' }).notNull(),
    participantId: integer('participant_id').notNull(),
    terminalId: integer('terminal_id').notNull(),
    bucket: smallint('bucket').notNull(),
    kind: smallint('kind').notNull(),
    sector: smallint('sector').notNull(),
    /** Whether its outcome has a detail, which mostly is not so: who shows an entry need not look. Null in older ones. */
    hasDetail: boolean('has_detail'),
  },
  (t) => [
    // By the owner alone, who has few a day: an entry is written with its outcome, whose id is unique.
    index('entries_owner').on(t.ownerId),
    // A participant's entries of a day: six bytes an entry, since equal keys are kept once.
    index('entries_participant').on(t.participantId),
    // Ids go up with time, so a few bytes a hundred pages find what was committed since: nothing an entry.
    index('entries_id').using('brin', t.id).with({ pages_per_range: 32, autosummarize: true }),
  ],
);

export const postings = ledger.table(
  'postings',
  {
    entryId: idColumn('entry_id').notNull(),
    accountId: idColumn('account_id').notNull(),
    amountFen: fenColumn('amount_fen').notNull(),
    /** The purse's balance after this posting; null where the account carries none. */
    balanceFen: fenColumn('balance_fen'),
    businessDate: date('business_date', { mode: 'string' }).notNull(),
    bucket: smallint('bucket').notNull(),
  },
  (t) => [
    // Four entries whose ids follow each other share a key, and their postings lie beside each other: a quarter of the
    // keys. What is written twice is refused by the guard of the insert. Asked by `ofEntrySql`.
    index('postings_four').on(sql`(${t.entryId} >> 2)`),
    check('postings_amount', sql`${t.amountFen} <> 0`),
  ],
);

export const holds = ledger.table(
  'holds',
  {
    entryId: idColumn('entry_id').notNull(),
    accountId: idColumn('account_id').notNull(),
    ownerId: idColumn('owner_id').notNull(),
    amountFen: fenColumn('amount_fen').notNull(),
    capturedFen: fenColumn('captured_fen').notNull().default(sql`0`),
    /** What was let go of for good: its purse had no free money for it when the hold was opened again. */
    freedFen: fenColumn('freed_fen').notNull().default(sql`0`),
    /** The void, reversal or last capture that ended it; null for one captured in full before, or expired. */
    endedBy: idColumn('ended_by'),
    expiresAt: timestamp('expires_at', { withTimezone: true, mode: 'date' }).notNull(),
    bucket: smallint('bucket').notNull(),
    /** 1 open, 2 captured, 3 voided, 4 expired. */
    state: smallint('state').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.bucket, t.entryId, t.accountId] }),
    index('holds_open').on(t.bucket, t.accountId).where(sql`state = 1`),
    index('holds_due').on(t.expiresAt).where(sql`state = 1`),
    check('holds_amount', sql`${t.amountFen} > 0`),
    check(
      'holds_captured',
      sql`${t.capturedFen} >= 0 and ${t.freedFen} >= 0
        and ${t.capturedFen} + ${t.freedFen} <= ${t.amountFen}`,
    ),
    check('holds_ended', sql`${t.endedBy} is null or ${t.state} in (2, 3)`),
    check('holds_state', sql`${t.state} between 1 and 4`),
  ],
);

/** How much of an entry's purse legs went back already, so that refunds never exceed the original. */
export const corrections = ledger.table(
  'corrections',
  {
    entryId: idColumn('entry_id').notNull(),
    accountId: idColumn('account_id').notNull(),
    originalFen: fenColumn('original_fen').notNull(),
    returnedFen: fenColumn('returned_fen').notNull(),
    bucket: smallint('bucket').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.bucket, t.entryId, t.accountId] }),
    check('corrections_within_original', sql`${t.returnedFen} >= 0 and ${t.returnedFen} <= ${t.originalFen}`),
  ],
);

export const businessDays = ledger.table(
  'business_days',
  {
    businessDate: date('business_date', { mode: 'string' }).primaryKey(),
    openedAt: timestamp('opened_at', { withTimezone: true, mode: 'date' }).notNull(),
    closedAt: timestamp('closed_at', { withTimezone: true, mode: 'date' }),
  },
  (t) => [check('business_days_order', sql`${t.closedAt} is null or ${t.closedAt} >= ${t.openedAt}`)],
);

/** A lane is a numbered row that one session owns; its bucket is where its own rows live when sharded. */
export const lanes = ledger.table('lanes', {
  lane: smallint('lane').primaryKey(),
  bucket: smallint('bucket').notNull(),
});

/** Raised once per group, lane and account: closing a day is a sum over lanes, not a scan. */
export const dayTotals = ledger.table(
  'day_totals',
  {
    accountId: idColumn('account_id').notNull(),
    debitFen: fenColumn('debit_fen').notNull(),
    creditFen: fenColumn('credit_fen').notNull(),
    debitCount: integer('debit_count').notNull(),
    creditCount: integer('credit_count').notNull(),
    businessDate: date('business_date', { mode: 'string' }).notNull(),
    bucket: smallint('bucket').notNull(),
    lane: smallint('lane').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.bucket, t.businessDate, t.accountId, t.lane] }),
    check('day_totals_signs', sql`${t.debitFen} >= 0 and ${t.creditFen} >= 0`),
  ],
);

/** One row per committed group: a chain of hashes in each lane. */
export const groups = ledger.table(
  'groups',
  {
    sequence: idColumn('sequence').notNull(),
    firstId: idColumn('first_id').notNull(),
    outcomeCount: integer('outcome_count').notNull(),
    businessDate: date('business_date', { mode: 'string' }).notNull(),
    bucket: smallint('bucket').notNull(),
    lane: smallint('lane').notNull(),
    hash: bytes('hash').notNull(),
  },
  (t) => [primaryKey({ columns: [t.bucket, t.lane, t.sequence] })],
);

/** The lane heads at a cut-off, and the hash over them that is handed out with the settlement files. */
export const daySeals = ledger.table(
  'day_seals',
  {
    businessDate: date('business_date', { mode: 'string' }).notNull(),
    lane: smallint('lane').notNull(),
    sequence: idColumn('sequence').notNull(),
    hash: bytes('hash').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.businessDate, t.lane] }),
    foreignKey({ columns: [t.businessDate], foreignColumns: [businessDays.businessDate] }),
  ],
);

/** A business day whose entries and postings are in a file. Days leave in their order, the first one first. */
export const archivedDays = ledger.table('archived_days', {
  businessDate: date('business_date', { mode: 'string' }).primaryKey(),
  file: text('file').notNull(),
  entries: bigint('entries', { mode: 'bigint' }).notNull(),
  postings: bigint('postings', { mode: 'bigint' }).notNull(),
  debitFen: fenColumn('debit_fen').notNull(),
  lastEntryId: idColumn('last_entry_id').notNull(),
  sha256: bytes('sha256').notNull(),
  archivedAt: timestamp('archived_at', { withTimezone: true, mode: 'date' }).notNull(),
});

/** What the postings of all archived days had summed to, by purse: raised at each archiving. */
export const archivedBalances = ledger.table(
  'archived_balances',
  {
    accountId: idColumn('account_id').notNull(),
    fen: fenColumn('fen').notNull(),
    lastEntryId: idColumn('last_entry_id').notNull(),
    bucket: smallint('bucket').notNull(),
  },
  (t) => [primaryKey({ columns: [t.bucket, t.accountId] })],
);
