import { sql } from 'drizzle-orm';
import {
  bigint,
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
  unique,
} from 'drizzle-orm/pg-core';

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
const id = (name: string) => bigint(name, { mode: 'bigint' });
const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
const now = sql`clock_timestamp()`;

export const webhooks = pgSchema('webhooks');

/** Where a participant wants to hear of what is its own. Not on the posting path: a distributed database keeps these whole. */
export const endpoints = webhooks.table(
  'endpoints',
  {
    id: id('id').primaryKey().generatedAlwaysAsIdentity(),
    participantId: integer('participant_id').notNull(),
    failures: integer('failures').notNull().default(0),
    createdAt: moment('created_at').notNull().default(now),
    disabledAt: moment('disabled_at'),
    /** Since when every attempt has failed; null while the last one got through. */
    failingSince: moment('failing_since'),
    /** Until then nothing is sent: it asked for that, or it does not answer. */
    heldUntil: moment('held_until').notNull().default(now),
    /** The last closed business day that it was told of, or that was closed before it was there. */
    closedThrough: date('closed_through', { mode: 'string' }).notNull(),
    state: text('state').notNull().default('active'),
    reason: text('reason'),
    url: text('url').notNull(),
    /** Where each lane stood when it began to listen, by lane: the group's number, and the id after its last. */
    fromSequences: id('from_sequences').array().notNull(),
    fromIds: id('from_ids').array().notNull(),
  },
  (t) => [
    index('endpoints_participant').on(t.participantId, t.id),
    check('endpoints_url', sql`${t.url} ~ '^https?://[^[:space:]@#]+$' and length(${t.url}) <= 500`),
    check('endpoints_state', sql`${t.state} in ('active', 'disabled')`),
    check('endpoints_reason', sql`${t.reason} in ('gone', 'failing', 'by-participant', 'by-staff')`),
    check(
      'endpoints_disabled',
      sql`(${t.state} = 'disabled') = (${t.reason} is not null)
        and (${t.reason} is null) = (${t.disabledAt} is null)`,
    ),
    check('endpoints_failing', sql`(${t.failures} = 0) = (${t.failingSince} is null) and ${t.failures} >= 0`),
  ],
);

/** What its messages are signed with: a shared secret, and a pair of keys of ours. Several while they rotate. */
export const secrets = webhooks.table(
  'secrets',
  {
    id: id('id').primaryKey().generatedAlwaysAsIdentity(),
    endpointId: id('endpoint_id').notNull(),
    createdAt: moment('created_at').notNull().default(now),
    /** When it stops being used; null for the newest. */
    expiresAt: moment('expires_at'),
    sharedSealed: bytes('shared_sealed').notNull(),
    privateSealed: bytes('private_sealed').notNull(),
    publicKey: bytes('public_key').notNull(),
  },
  (t) => [
    index('secrets_endpoint').on(t.endpointId, t.id),
    foreignKey({ columns: [t.endpointId], foreignColumns: [endpoints.id] }),
    check('secrets_public_key', sql`length(${t.publicKey}) = 32`),
  ],
);

/** How far each lane of the books was read: its groups up to this number, and their ids below this. */
export const lanes = webhooks.table('lanes', {
  lane: smallint('lane').primaryKey(),
  sequence: id('sequence').notNull(),
  nextId: id('next_id').notNull(),
});

/** An event as one endpoint is told it: written once, sent until it is heard. */
export const messages = webhooks.table(
  'messages',
  {
    id: id('id').primaryKey().generatedAlwaysAsIdentity(),
    endpointId: id('endpoint_id').notNull(),
    /** The entry, the day since 1970, or the moment of a test. */
    sourceId: id('source_id').notNull(),
    createdAt: moment('created_at').notNull().default(now),
    /** When it is sent next; while somebody sends it, when that one has lost it. */
    nextAttemptAt: moment('next_attempt_at').notNull().default(now),
    endedAt: moment('ended_at'),
    /** Attempts of its schedule; a replay begins it again. */
    attempts: smallint('attempts').notNull().default(0),
    /** Attempts ever. */
    attemptCount: integer('attempt_count').notNull().default(0),
    source: text('source').notNull(),
    state: text('state').notNull().default('waiting'),
    type: text('type').notNull(),
    payload: text('payload').notNull(),
  },
  (t) => [
    // An event is one message an endpoint, whoever dies in between.
    unique('messages_once').on(t.endpointId, t.source, t.sourceId),
    index('messages_due').on(t.endpointId, t.nextAttemptAt).where(sql`state = 'waiting'`),
    index('messages_failed').on(t.endpointId, t.id).where(sql`state = 'failed'`),
    index('messages_of_endpoint').on(t.endpointId, t.id),
    index('messages_ended').on(t.endedAt).where(sql`ended_at is not null`),
    foreignKey({ columns: [t.endpointId], foreignColumns: [endpoints.id] }),
    check('messages_source', sql`${t.source} in ('entry', 'day', 'test')`),
    check('messages_state', sql`${t.state} in ('waiting', 'delivered', 'failed')`),
    check('messages_ended', sql`(${t.state} = 'waiting') = (${t.endedAt} is null)`),
    check('messages_type', sql`${t.type} ~ '^[a-z]+(-[a-z]+)*[.][a-z]+$'`),
    check('messages_payload', sql`octet_length(${t.payload}) <= 20000`),
  ],
);

/** Each time a message was sent, and what came of it. */
export const attempts = webhooks.table(
  'attempts',
  {
    messageId: id('message_id').notNull(),
    at: moment('at').notNull(),
    number: integer('number').notNull(),
    durationMs: integer('duration_ms').notNull(),
    /** The HTTP status; null where there was no answer. */
    status: smallint('status'),
    outcome: text('outcome').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.messageId, t.number] }),
    foreignKey({ columns: [t.messageId], foreignColumns: [messages.id] }).onDelete('cascade'),
    check(
      'attempts_outcome',
      sql`${t.outcome} in ('delivered', 'refused', 'gone', 'throttled', 'timeout', 'unreachable', 'not-allowed')`,
    ),
  ],
);
