import type { Session, Statement } from '#platform/postgres.ts';

/** An entry as the participant that it pays, or that pays it, is told of it. */
export interface ParticipantEntry {
  readonly id: bigint;
  readonly originalId: bigint | null;
  readonly businessDate: string;
  readonly terminalId: number;
  readonly kind: number;
  readonly sector: number;
  /** The caller's and the business key, as the outcome was pinned. */
  readonly callerKey: string | null;
  readonly businessKey: string;
  readonly localTime: string;
  readonly detail: string | null;
  /** What the entry put into the holder's purses (less than nought: took); nought for what moved no money. */
  readonly pursesFen: bigint;
}

export const participantPageMax = 500;

// The day is written out, not a parameter: then only its partition is opened (a date from the calendar, never text of
// a caller). Without a name, because each day would be another statement to remember.
const readDay = (businessDate: string): Statement => ({
  name: '',
  text: `
  with found as materialized (
    select * from ledger.entries
    where business_date = '${businessDate}' and participant_id = $1 and id > $2 order by id limit $3)
  select e.id, e.original_id, e.business_date, e.terminal_id, e.kind, e.sector, o.caller_key, o.business_key,
    o.local_time, o.detail, p.fen
  from found e
  cross join lateral (
    select caller_key, business_key, local_time, detail from idempotency.outcomes
    where bucket = e.bucket and id = e.id offset 0) o
  cross join lateral (
    select coalesce(sum(amount_fen) filter (where balance_fen is not null), 0)::bigint as fen from ledger.postings
    where business_date = '${businessDate}' and bucket = e.bucket and entry_id = e.id) p
  order by e.id`,
});

/** Which of a participant's entries: those of a day after an entry, or from its first where that is null. */
export interface ParticipantPage {
  readonly businessDate: string;
  readonly participantId: number;
  readonly afterId: bigint | null;
  readonly limit: number;
}

/** A page of a participant's entries of one business day, oldest first. */
export async function readParticipantEntries(
  session: Session,
  { businessDate, participantId, afterId, limit }: ParticipantPage,
): Promise<ParticipantEntry[]> {
  if (limit < 1 || limit > participantPageMax + 1) throw new RangeError('a page outside its limit');
  if (!/^\d{4}-\d{2}-\d{2}$/.test(businessDate)) throw new RangeError('a business date is a date');
  const { rows } = await session.run(readDay(businessDate), [participantId, afterId ?? 0n, limit]);
  return rows.map(
    (row) =>
      ({
        id: row[0],
        originalId: row[1],
        businessDate: row[2],
        terminalId: row[3],
        kind: row[4],
        sector: row[5],
        callerKey: row[6],
        businessKey: row[7],
        localTime: row[8],
        detail: row[9],
        pursesFen: row[10],
      }) as ParticipantEntry,
  );
}
