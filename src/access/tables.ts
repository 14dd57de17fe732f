import { sql } from 'drizzle-orm';
import { bigint, check, customType, pgSchema, text, timestamp } from 'drizzle-orm/pg-core';

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

export const access = pgSchema('access');

/** A bearer token, kept only as its digest: a holder's for one card account, or a role's. */
export const tokens = access.table(
  'tokens',
  {
    digest: bytes('digest').primaryKey(),
    role: text('role').notNull(),
    subjectId: bigint('subject_id', { mode: 'bigint' }),
    expiresAt: timestamp('expires_at', { withTimezone: true, mode: 'date' }).notNull(),
  },
  (t) => [
    check('tokens_role', sql`${t.role} in ('holder', 'finance')`),
    check('tokens_subject', sql`(${t.role} = 'holder') = (${t.subjectId} is not null)`),
  ],
);
