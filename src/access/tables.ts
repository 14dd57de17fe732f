import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
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
} from 'drizzle-orm/pg-core';

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
const id = (name: string) => bigint(name, { mode: 'bigint' });
const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

export const access = pgSchema('access');

/**
 * A bearer token, kept only as its digest, and for whom it speaks in which role. With `idle_seconds` it is a
 * session, which a password opened; without it is a key that an administrator gave.
 */
export const tokens = access.table(
  'tokens',
  {
    digest: bytes('digest').primaryKey(),
    /** What a key is called when it is listed or revoked. */
    id: id('id').generatedAlwaysAsIdentity(),
    role: text('role').notNull(),
    /** A holder's card account, a participant's number, a member of staff. */
    subjectId: id('subject_id').notNull(),
    expiresAt: moment('expires_at').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    lastSeenAt: moment('last_seen_at').notNull().defaultNow(),
    /** A session that is not used for so long is over; null has no such limit. */
    idleSeconds: integer('idle_seconds'),
    /** Signed out or revoked; it never speaks again. */
    endedAt: moment('ended_at'),
    /** Good for changing the password and nothing else. */
    mustChange: boolean('must_change').notNull().default(false),
    /** The first characters of a key, by which its keeper knows it again. */
    prefix: text('prefix'),
    givenBy: id('given_by'),
  },
  (t) => [
    check(
      'tokens_role',
      sql`${t.role} in ('holder', 'participant', 'administrator', 'operator', 'finance', 'auditor')`,
    ),
    check('tokens_idle', sql`${t.idleSeconds} > 0`),
    unique('tokens_id').on(t.id),
    index('tokens_subject').on(t.role, t.subjectId),
    index('tokens_expiry').on(t.expiresAt),
  ],
);

/** What a holder proves himself with: the query password at our doors, the payment PIN at a terminal. */
export const holderSecrets = access.table(
  'holder_secrets',
  {
    cardAccountId: id('card_account_id').notNull(),
    passwordChangedAt: moment('password_changed_at'),
    pinChangedAt: moment('pin_changed_at'),
    bucket: smallint('bucket').notNull(),
    pinFailures: smallint('pin_failures').notNull().default(0),
    mustChange: boolean('must_change').notNull().default(false),
    /** argon2id over the keyed digest of the query password, with its parameters (PHC string). */
    passwordHash: text('password_hash'),
    /** What a PIN is verified by, useless without the master key. */
    pinCheck: bytes('pin_check'),
  },
  (t) => [
    primaryKey({ columns: [t.bucket, t.cardAccountId] }),
    check('holder_secrets_bucket', sql`${t.bucket} between 0 and 255`),
    check('holder_secrets_pin_failures', sql`${t.pinFailures} between 0 and 3`),
  ],
);

/** Tries to sign in that have not succeeded, by the keyed digest of whoever was named, known or not. */
export const signInFailures = access.table(
  'sign_in_failures',
  {
    subjectDigest: bytes('subject_digest').primaryKey(),
    triedAt: moment('tried_at').notNull(),
    nextTryAt: moment('next_try_at').notNull(),
    lockedUntil: moment('locked_until'),
    failures: integer('failures').notNull(),
  },
  (t) => [
    check('sign_in_failures_count', sql`${t.failures} > 0`),
    index('sign_in_failures_age').on(t.triedAt),
  ],
);

/** A member of staff: one name, one role, which never changes. */
export const staff = access.table(
  'staff',
  {
    id: id('id').primaryKey().generatedByDefaultAsIdentity({ startWith: 1001 }),
    signInName: text('sign_in_name').notNull(),
    displayName: text('display_name').notNull(),
    role: text('role').notNull(),
    state: text('state').notNull().default('active'),
    mustChange: boolean('must_change').notNull(),
    passwordHash: text('password_hash').notNull(),
    /** The secret of the one-time codes, encrypted. */
    totpSealed: bytes('totp_sealed').notNull(),
    /** The step of the last code that was taken: it and those before it are not taken again. */
    lastTotpStep: id('last_totp_step').notNull().default(sql`0`),
    createdAt: moment('created_at').notNull().defaultNow(),
    /** Null was added at the machine. */
    createdBy: id('created_by'),
  },
  (t) => [
    unique('staff_sign_in_name').on(t.signInName),
    check('staff_role', sql`${t.role} in ('administrator', 'operator', 'finance', 'auditor')`),
    check('staff_state', sql`${t.state} in ('active', 'locked')`),
    check('staff_name', sql`${t.signInName} ~ '^[a-z][a-z0-9.-]{2,31}$'`),
  ],
);

/** What one person proposed and another decided, bound to the digest of its content. */
export const proposals = access.table(
  'proposals',
  {
    id: id('id').primaryKey().generatedAlwaysAsIdentity(),
    madeBy: id('made_by')
      .notNull()
      .references(() => staff.id),
    madeAt: moment('made_at').notNull().defaultNow(),
    decidedBy: id('decided_by').references(() => staff.id),
    decidedAt: moment('decided_at'),
    kind: text('kind').notNull(),
    subject: text('subject').notNull(),
    /** SHA-256 over kind, subject and content. */
    contentHash: bytes('content_hash').notNull(),
    decision: text('decision'),
    reason: text('reason').notNull().default(''),
  },
  (t) => [
    check('proposals_four_eyes', sql`${t.decidedBy} <> ${t.madeBy}`),
    check('proposals_decision', sql`${t.decision} in ('approved', 'rejected')`),
    check(
      'proposals_whole',
      sql`(${t.decidedBy} is null) = (${t.decision} is null) and (${t.decidedAt} is null) = (${t.decision} is null)`,
    ),
    check('proposals_hash', sql`length(${t.contentHash}) = 32`),
    // One thing is proposed once: it cannot be approved twice, nor wait twice.
    uniqueIndex('proposals_once')
      .on(t.kind, t.subject)
      .where(sql`${t.decision} is null or ${t.decision} = 'approved'`),
  ],
);
