import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  customType,
  date,
  index,
  integer,
  pgSchema,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core';

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
const id = (name: string) => bigint(name, { mode: 'bigint' });
const time = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

export const cards = pgSchema('cards');

// Above whatever a demonstration or a test town numbers by itself.
const firstIssuedId = 10_000_000;
export const personIds = cards.sequence('person_ids', { startWith: firstIssuedId });
export const cardAccountIds = cards.sequence('card_account_ids', { startWith: firstIssuedId });
export const cardIds = cards.sequence('card_ids', { startWith: firstIssuedId });

/** What kind of card it is: how long a temporary loss lasts, how long the card is good, which purses it opens. */
export const products = cards.table(
  'products',
  {
    code: text('code').primaryKey(),
    name: text('name').notNull(),
    nameEn: text('name_en').notNull(),
    temporaryLossDays: integer('temporary_loss_days').notNull(),
    validityYears: integer('validity_years').notNull(),
    purses: text('purses').array().notNull(),
  },
  (t) => [
    check('products_code', sql`${t.code} ~ '^[a-z][a-z-]{0,31}$'`),
    check('products_temporary_loss', sql`${t.temporaryLossDays} between 1 and 90`),
    check('products_validity', sql`${t.validityYears} between 1 and 30`),
    check('products_purses', sql`cardinality(${t.purses}) between 1 and 16`),
  ],
);

/** A person is not a card and not an account: cards are lost and replaced, the account stays. */
export const persons = cards.table('persons', {
  id: id('id').primaryKey(),
  createdAt: time('created_at').notNull().defaultNow(),
  /** Keyed digest of the social-security number: how a person is found. Null for cards of a demonstration. */
  idNumberDigest: bytes('id_number_digest').unique('persons_id_number'),
  idNumberSealed: bytes('id_number_sealed'),
  nameSealed: bytes('name_sealed'),
});

/** Which product a person has now: one card account each. The row goes when the card account is closed. */
export const heldProducts = cards.table(
  'held_products',
  {
    personId: id('person_id').notNull(),
    cardAccountId: id('card_account_id').notNull(),
    /** The file it was issued from, to tell a line that is there twice from a person who has a card. */
    issueFileId: id('issue_file_id'),
    product: text('product').notNull(),
  },
  (t) => [primaryKey({ columns: [t.personId, t.product] })],
);

/** Somebody asks for a card; there is no plastic yet. */
export const applications = cards.table(
  'applications',
  {
    id: id('id').primaryKey().generatedAlwaysAsIdentity(),
    personId: id('person_id').notNull(),
    appliedAt: time('applied_at').notNull().defaultNow(),
    /** The card that was issued for it. */
    cardId: id('card_id'),
    product: text('product').notNull(),
  },
  (t) => [index('applications_person').on(t.personId)],
);

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
    index('card_accounts_person').on(t.personId),
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
    /** Until when a temporary loss counts; null for every other status. */
    liftsAt: time('lifts_at'),
    /** What stands for the card on the hot list. Null for a card that was issued without one. */
    hotMark: bytes('hot_mark'),
    issueFileId: id('issue_file_id'),
  },
  (t) => [
    primaryKey({ columns: [t.bucket, t.id] }),
    unique('cards_number_digest').on(t.numberDigest, t.bucket),
    index('cards_id').on(t.id),
    index('cards_account').on(t.bucket, t.cardAccountId),
    // A card account has one card that may become good again: the others were replaced.
    uniqueIndex('cards_one_current')
      .on(t.bucket, t.cardAccountId)
      .where(sql`${t.status} not in ('replaced', 'closed')`),
    index('cards_lifts').on(t.liftsAt).where(sql`${t.status} = 'temporarily-lost'`),
    index('cards_expires').on(t.expiresOn).where(sql`${t.status} in ('active', 'not-active')`),
    check(
      'cards_status',
      sql`${t.status} in ('active', 'not-active', 'temporarily-lost', 'lost', 'locked', 'replaced', 'expired', 'closed')`,
    ),
    check('cards_lifts_at', sql`${t.liftsAt} is null or ${t.status} = 'temporarily-lost'`),
    check('cards_hot_mark', sql`length(${t.hotMark}) = 8`),
    check('cards_tail', sql`length(${t.numberTail}) = 4`),
  ],
);

/** What became of a card, step by step. Only added to. */
export const events = cards.table(
  'events',
  {
    id: id('id').notNull().generatedAlwaysAsIdentity(),
    cardId: id('card_id').notNull(),
    at: time('at').notNull().default(sql`clock_timestamp()`),
    actorId: id('actor_id').notNull(),
    bucket: smallint('bucket').notNull(),
    step: text('step').notNull(),
    /** Null for the first. */
    fromStatus: text('from_status'),
    toStatus: text('to_status').notNull(),
    actorKind: text('actor_kind').notNull(),
    reason: text('reason').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.bucket, t.cardId, t.id] }),
    check('events_actor', sql`${t.actorKind} in ('holder', 'staff', 'participant', 'terminal', 'system')`),
    check('events_reason', sql`length(${t.reason}) <= 200`),
  ],
);

/** A file of cards to issue, by its digest, and how far it is: a run that died goes on here. */
export const issueFiles = cards.table(
  'issue_files',
  {
    id: id('id').primaryKey().generatedAlwaysAsIdentity(),
    startedAt: time('started_at').notNull().defaultNow(),
    finishedAt: time('finished_at'),
    linesTotal: integer('lines_total').notNull(),
    linesDone: integer('lines_done').notNull().default(0),
    issued: integer('issued').notNull().default(0),
    failed: integer('failed').notNull().default(0),
    digest: bytes('digest').notNull().unique('issue_files_digest'),
    name: text('name').notNull(),
  },
  (t) => [
    check('issue_files_done', sql`${t.linesDone} between 0 and ${t.linesTotal}`),
    check('issue_files_sum', sql`${t.issued} + ${t.failed} = ${t.linesDone}`),
  ],
);

/** A line of a file that was not issued, and why. Nothing of what stood in the line. */
export const issueErrors = cards.table(
  'issue_errors',
  {
    fileId: id('file_id').notNull(),
    line: integer('line').notNull(),
    code: text('code').notNull(),
  },
  (t) => [primaryKey({ columns: [t.fileId, t.line] })],
);

/** What terminals keep away, as numbered changes. A trigger numbers them, dense and in the order of commits. */
export const hotChanges = cards.table(
  'hot_changes',
  {
    version: id('version').primaryKey(),
    at: time('at').notNull(),
    mark: bytes('mark').notNull(),
    op: text('op').notNull(),
    cause: text('cause').notNull(),
  },
  (t) => [
    index('hot_changes_mark').on(t.mark, t.version),
    check('hot_changes_op', sql`${t.op} in ('add', 'remove')`),
    check(
      'hot_changes_cause',
      sql`${t.cause} in ('temporarily-lost', 'lost', 'locked', 'replaced', 'closed', 'expired')`,
    ),
    check('hot_changes_mark_length', sql`length(${t.mark}) = 8`),
  ],
);

/** Which version of the hot list each terminal last said it has. */
export const hotListTerminals = cards.table('hot_list_terminals', {
  terminalId: integer('terminal_id').primaryKey(),
  at: time('at').notNull(),
  version: id('version').notNull(),
});
