import { sql } from 'drizzle-orm';
import { bigint, check, customType, pgSchema, text, timestamp } from 'drizzle-orm/pg-core';

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

export const access = pgSchema('access');

/** A bearer token, kept only as its digest, and for whom it speaks in which role. */
export const tokens = access.table(
  'tokens',
  {
    digest: bytes('digest').primaryKey(),
    role: text('role').notNull(),
    /** A holder's card account, a participant's number, a member of staff. */
    subjectId: bigint('subject_id', { mode: 'bigint' }).notNull(),
    expiresAt: timestamp('expires_at', { withTimezone: true, mode: 'date' }).notNull(),
  },
  (t) => [
    check(
      'tokens_role',
      sql`${t.role} in ('holder', 'participant', 'administrator', 'operator', 'finance', 'auditor')`,
    ),
  ],
);
