import { codeColumn, idMax, numberColumn, textColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import { maskWritten } from '#platform/rules/mask.ts';
import { type Actor, type AuditEvent, assertEvent, reasonLengthMax } from './rules/event.ts';

// The trigger gives number, time and hash; whoever inserts waits for the one before to commit, so the audit
// row is the last thing that a transaction writes.
const insert: Statement = {
  name: 'audit-insert',
  text: `insert into audit.events (actor_kind, actor_id, act, subject, reason)
    select * from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[])`,
};

/**
 * Puts acts into the trail, in their order, in the transaction of whoever acts: the last thing it writes. A
 * reason is kept masked, since people write numbers into it.
 */
export async function recordAudit(session: Session, events: readonly AuditEvent[]): Promise<void> {
  for (const event of events) assertEvent(event);
  await session.run(insert, [
    codeColumn(events, (event) => event.actor.kind),
    numberColumn(events, (event) => event.actor.id),
    codeColumn(events, (event) => event.act),
    textColumn(events, (event) => event.subject),
    textColumn(events, (event) => maskWritten(event.reason).slice(0, reasonLengthMax)),
  ]);
}

/** A row of the trail. */
export interface AuditRow extends AuditEvent {
  readonly sequence: bigint;
  readonly at: Date;
}

export const auditPageMax = 100;

const page: Statement = {
  name: 'audit-page',
  text: `select sequence, at, actor_kind, actor_id, act, subject, reason from audit.events
    where sequence < $1 and ($2::text is null or subject = $2) and ($3::text is null or act = $3)
    order by sequence desc limit $4`,
};

/** A page of the trail, newest first, older than the cursor; only of a subject or an act where they are given. */
export async function readAudit(
  session: Session,
  asked: {
    readonly before: bigint | null;
    readonly subject: string | null;
    readonly act: string | null;
    readonly limit: number;
  },
): Promise<AuditRow[]> {
  if (asked.limit < 1 || asked.limit > auditPageMax + 1) throw new RangeError('a page outside its limit');
  const { rows } = await session.run(page, [asked.before ?? idMax, asked.subject, asked.act, asked.limit]);
  return rows.map((row) => ({
    sequence: row[0] as bigint,
    at: row[1] as Date,
    actor: { kind: row[2] as Actor['kind'], id: row[3] as bigint },
    act: row[4] as string,
    subject: row[5] as string,
    reason: row[6] as string,
  }));
}

// Rows between two good ones cannot be left out, since each holds the hash of the one before; numbers go up by one.
const broken: Statement = {
  name: 'audit-broken',
  text: `select sequence, expected, hash = wanted from (
      select sequence, hash, coalesce(lag(sequence) over w, 0) + 1 as expected,
        audit.event_hash(lag(hash) over w, e) as wanted
      from audit.events e window w as (order by sequence)) c
    where sequence <> expected or hash <> wanted order by sequence limit 1`,
};

/** The first row that is not what the chain says, in words, or null when the trail is whole. */
export async function findBrokenAudit(
  session: Session,
): Promise<{ readonly key: string; readonly expected: string; readonly found: string } | null> {
  const row = (await session.run(broken)).rows[0];
  if (row === undefined) return null;
  const [sequence, expected, hashFits] = row as [bigint, bigint, boolean];
  return sequence === expected
    ? { key: `sequence ${sequence}`, expected: 'the hash of this row and the one before', found: 'another' }
    : {
        key: `sequence ${sequence}`,
        expected: `sequence ${expected}`,
        found: hashFits ? 'a gap' : 'a gap and another hash',
      };
}
