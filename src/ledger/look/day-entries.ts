import { ofEntrySql } from '#ledger/journal-sql.ts';
import { accountId } from '#ledger/rules/accounts.ts';
import { hainanDayStartMs } from '#platform/calendar.ts';
import { numberColumn } from '#platform/columns.ts';
import { readByWindows } from '#platform/limits/by-windows.ts';
import { requirePageLimit } from '#platform/limits/page-limit.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import { idWindows } from '#platform/rules/id-windows.ts';

/** An entry of a day as the participant's total counts it. */
export interface DayEntry {
  readonly id: bigint;
  readonly originalId: bigint | null;
  readonly cardAccountId: bigint;
  /** Whose terminal it came from; another than the asked for one where that only pays a part of it. */
  readonly participantId: number;
  readonly terminalId: number;
  readonly kind: number;
  readonly sector: number;
  /** What we owe the participant for it; 0 where it moves nothing of that. */
  readonly creditFen: bigint;
  /** What it owes us for it. */
  readonly debitFen: bigint;
}

export interface DayEntriesAsked {
  readonly businessDate: string;
  readonly participantId: number;
  /** Whose entries may post to the participant besides its own: those it pays a part for. */
  readonly billedBy: readonly number[];
  readonly kind: number | null;
  readonly after: bigint | null;
  readonly limit: number;
  readonly nowMs: number;
}

const dayEntryPageMax = 500;

// By the day and the participant the entries are found, and of them those of a window of ids, so that only these are
// sorted; of another participant's only those that post to this one.
const page: Statement = {
  name: 'ledger-day-entries',
  text: `select e.id, e.original_id, e.owner_id, e.participant_id, e.terminal_id, e.kind, e.sector, p.credit, p.debit
    from ledger.entries e
    cross join lateral (
      select coalesce(sum(amount_fen) filter (where amount_fen > 0), 0)::bigint as credit,
        coalesce(-sum(amount_fen) filter (where amount_fen < 0), 0)::bigint as debit
      from ledger.postings t
      where bucket = e.bucket and business_date = $1::date and ${ofEntrySql('t', 'e.id')} and account_id in ($3, $4)) p
    where e.business_date = $1::date and e.participant_id = any($2::int[]) and e.id > $5 and e.id <= $9
      and ($6::smallint is null or e.kind = $6) and (e.participant_id = $7 or p.credit > 0 or p.debit > 0)
    order by e.id limit $8`,
};

/** A page of what makes a participant's total of a day, in the order in which it was posted. */
export async function listDayEntries(session: Session, asked: DayEntriesAsked): Promise<DayEntry[]> {
  const { businessDate, participantId, billedBy, kind, after, limit } = asked;
  requirePageLimit(limit, dayEntryPageMax);
  const owner = BigInt(participantId);
  const { nowMs } = asked;
  const windows = idWindows({ after: after ?? 0n, fromMs: hainanDayStartMs(businessDate), nowMs });
  const rows = await readByWindows(windows, limit, async (window, left) => {
    const found = await session.run(page, [
      businessDate,
      numberColumn([participantId, ...billedBy], (id) => id),
      accountId(owner, 'payable'),
      accountId(owner, 'receivable'),
      window.after,
      kind,
      participantId,
      left,
      window.through,
    ]);
    return found.rows;
  });
  return rows.map((row) => ({
    id: row[0] as bigint,
    originalId: row[1] as bigint | null,
    cardAccountId: row[2] as bigint,
    participantId: row[3] as number,
    terminalId: row[4] as number,
    kind: row[5] as number,
    sector: row[6] as number,
    creditFen: row[7] as bigint,
    debitFen: row[8] as bigint,
  }));
}
