import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
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
  uniqueIndex,
} from 'drizzle-orm/pg-core';

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
const id = (name: string) => bigint(name, { mode: 'bigint' });
const time = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
const day = (name: string) => date(name, { mode: 'string' });

export const disbursements = pgSchema('disbursements');

/** What an agency pays out under a name of its own. Whom it is paid by, from where and into which purse never changes. */
export const programmes = disbursements.table(
  'programmes',
  {
    code: text('code').primaryKey(),
    name: text('name').notNull(),
    nameEn: text('name_en').notNull(),
    participantId: integer('participant_id').notNull(),
    terminalId: integer('terminal_id').notNull(),
    purse: text('purse').notNull(),
    perLineMaxFen: id('per_line_max_fen').notNull(),
    publicationDays: smallint('publication_days').notNull(),
    active: boolean('active').notNull(),
  },
  (t) => [
    check('programmes_purse', sql`${t.purse} in ('subsidy', 'farm-subsidy', 'elder-care')`),
    check('programmes_per_line', sql`${t.perLineMaxFen} > 0`),
    check('programmes_publication', sql`${t.publicationDays} between 0 and 90`),
  ],
);

/** A programme's file for a period, and how far it is. Who made what it says now is never who approves it. */
export const batches = disbursements.table(
  'batches',
  {
    id: id('id').primaryKey().generatedAlwaysAsIdentity(),
    programme: text('programme')
      .notNull()
      .references(() => programmes.code),
    period: text('period').notNull(),
    participantId: integer('participant_id').notNull(),
    terminalId: integer('terminal_id').notNull(),
    purse: text('purse').notNull(),
    fileDigest: bytes('file_digest').notNull(),
    lineCount: integer('line_count').notNull(),
    totalFen: id('total_fen').notNull(),
    state: text('state').notNull(),
    /** Rises with each correction: an approval is of one round. */
    round: smallint('round').notNull(),
    importedAt: time('imported_at').notNull(),
    importedBy: id('imported_by').notNull(),
    /** Who last changed what it says. */
    madeBy: id('made_by').notNull(),
    publishedFrom: day('published_from'),
    publishedUntil: day('published_until'),
    proposalId: id('proposal_id'),
    proposedBy: id('proposed_by'),
    approvedBy: id('approved_by'),
    approvedDigest: bytes('approved_digest'),
  },
  (t) => [
    uniqueIndex('batches_file').on(t.programme, t.period, t.fileDigest).where(sql`${t.state} <> 'withdrawn'`),
    index('batches_running').on(t.id).where(sql`${t.state} = 'running'`),
    check(
      'batches_state',
      sql`${t.state} in ('imported', 'published', 'proposed', 'returned', 'approved', 'running', 'paid', 'partly-paid', 'corrected', 'withdrawn')`,
    ),
    check(
      'batches_second_person',
      sql`${t.approvedBy} is null or (${t.approvedBy} <> ${t.importedBy} and ${t.approvedBy} <> ${t.madeBy} and ${t.approvedBy} <> ${t.proposedBy})`,
    ),
    check(
      'batches_approved',
      sql`${t.state} not in ('approved', 'running', 'paid', 'partly-paid') or (${t.approvedBy} is not null and ${t.proposedBy} is not null and ${t.approvedDigest} is not null)`,
    ),
    check('batches_total', sql`${t.totalFen} >= 0 and ${t.lineCount} >= 0`),
  ],
);

/** A payment to one person. The social-security number only as keyed digest, the name only sealed. */
export const lines = disbursements.table(
  'lines',
  {
    batchId: id('batch_id')
      .notNull()
      .references(() => batches.id),
    lineNo: integer('line_no').notNull(),
    attempt: smallint('attempt').notNull(),
    state: text('state').notNull(),
    cause: text('cause'),
    amountFen: id('amount_fen'),
    cardAccountId: id('card_account_id'),
    cardId: id('card_id'),
    entryId: id('entry_id'),
    paidOn: day('paid_on'),
    cardTail: text('card_tail'),
    programme: text('programme').notNull(),
    period: text('period').notNull(),
    idNumberDigest: bytes('id_number_digest'),
    /** The person's digest while the line is to be paid or paid: once for a programme and period. */
    claim: bytes('claim'),
    nameSealed: bytes('name_sealed'),
  },
  (t) => [
    primaryKey({ columns: [t.batchId, t.lineNo] }),
    uniqueIndex('lines_once').on(t.claim, t.programme, t.period).where(sql`${t.claim} is not null`),
    index('lines_card_account').on(t.cardAccountId, t.batchId, t.lineNo),
    check('lines_state', sql`${t.state} in ('ready', 'failed', 'paid', 'withdrawn')`),
    check('lines_cause', sql`(${t.state} = 'failed') = (${t.cause} is not null)`),
    check(
      'lines_payee',
      sql`${t.state} not in ('ready', 'paid') or (${t.amountFen} > 0 and ${t.cardAccountId} is not null and ${t.cardId} is not null and ${t.claim} is not null)`,
    ),
    check('lines_paid', sql`(${t.state} = 'paid') = (${t.paidOn} is not null)`),
    check('lines_entry', sql`${t.state} <> 'paid' or ${t.entryId} is not null`),
  ],
);
