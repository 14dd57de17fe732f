import { sql } from 'drizzle-orm';
import { bigint, check, customType, pgSchema, text, timestamp } from 'drizzle-orm/pg-core';

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

export const audit = pgSchema('audit');

/** Who did what to whom, when and why. A trigger numbers and chains every row; none is ever changed. */
export const events = audit.table(
  'events',
  {
    sequence: bigint('sequence', { mode: 'bigint' }).primaryKey(),
    at: timestamp('at', { withTimezone: true, mode: 'date' }).notNull(),
    actorId: bigint('actor_id', { mode: 'bigint' }).notNull(),
    actorKind: text('actor_kind').notNull(),
    act: text('act').notNull(),
    subject: text('subject').notNull(),
    reason: text('reason').notNull(),
    /** SHA-256 over the hash before and this row (audit.event_hash). */
    hash: bytes('hash').notNull(),
  },
  (t) => [
    check('events_actor', sql`${t.actorKind} in ('holder', 'staff', 'participant', 'terminal', 'system')`),
    check('events_reason', sql`length(${t.reason}) <= 200`),
  ],
);
