import { codeColumn, idMax, numberColumn, textColumn } from '#platform/columns.ts';
import { requirePageLimit } from '#platform/limits/page-limit.ts';
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
/** A list that is written to a file is read in larger pieces. */
const auditReadMax = 500;

/** What of the trail is asked for; null asks for everything. */
export interface AuditAsked {
  readonly before: bigint | null;
  readonly subject: string | null;
  readonly act: string | null;
  readonly actorKind?: string | null;
  readonly actorId?: bigint | null;
  /** From this moment on, and up to before that one. */
  readonly from?: Date | null;
  readonly until?: Date | null;
  readonly limit: number;
}

/** The row at which a moment begins: times rise with the numbers, so a span of time is a span of numbers. */
const firstFrom = (moment: string) =>
  `coalesce((select f.sequence from audit.events f where f.at >= ${moment} order by f.at, f.sequence limit 1), ${idMax})`;

/** What each word narrows the trail to. */
const narrowings = {
  subject: (value: string) => `subject = ${value}`,
  act: (value: string) => `act = ${value}`,
  actorKind: (value: string) => `actor_kind = ${value}`,
  actorId: (value: string) => `actor_id = ${value}`,
  from: (value: string) => `sequence >= ${firstFrom(value)}`,
  until: (value: string) => `sequence < ${firstFrom(value)}`,
} as const;
type Narrowing = keyof typeof narrowings;

// The trail is long, so each set of words has a statement of its own, which is planned for the index that serves it.
function pageOf(words: readonly Narrowing[]): Statement {
  const where = words.map((word, i) => ` and ${narrowings[word](`$${i + 3}`)}`).join('');
  return {
    name: ['audit-page', ...words].join('-'),
    text: `select sequence, at, actor_kind, actor_id, act, subject, reason from audit.events
      where sequence < $1${where} order by sequence desc limit $2`,
  };
}

/** A page of the trail, newest first, older than the cursor; only what is asked for. */
export async function readAudit(session: Session, asked: AuditAsked): Promise<AuditRow[]> {
  requirePageLimit(asked.limit, auditReadMax);
  const words = (Object.keys(narrowings) as Narrowing[]).filter((word) => (asked[word] ?? null) !== null);
  const values = [asked.before ?? idMax, asked.limit, ...words.map((word) => asked[word])];
  const { rows } = await session.run(pageOf(words), values);
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
