import { idMax, numberColumn } from '#platform/columns.ts';
import { requirePageLimit } from '#platform/limits/page-limit.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import { bucketOf } from './rules/accounts.ts';
import { byAccount } from './rules/returns.ts';

/** An entry as its owner's history shows it. */
export interface HistoryEntry {
  readonly id: bigint;
  readonly originalId: bigint | null;
  readonly businessDate: string;
  readonly participantId: number;
  readonly terminalId: number;
  readonly kind: number;
  readonly sector: number;
  readonly legs: readonly HistoryLeg[];
  /** The request's own fields as they were pinned: "period=2026-11;programme=12". */
  readonly detail: string | null;
  /** What the entry holds, for an authorisation: how much (less what was let go of), and how much of it was captured. */
  readonly hold: {
    readonly amountFen: bigint;
    readonly capturedFen: bigint;
    readonly expiresAtMs: number;
    /** Whether some of it is still held; a capture, a void or its time ends it. */
    readonly isOpen: boolean;
  } | null;
}

interface HistoryLeg {
  readonly accountId: bigint;
  readonly amountFen: bigint;
  readonly balanceFen: bigint;
}

export const historyPageMax = 100;
/** A page's originals, or the entries of every open hold that a card account can have. */
const foundAtOnceMax = 512;

const read: Statement = {
  name: 'ledger-history',
  text: 'select * from ledger.history_of($1::smallint, $2::bigint, $3::bigint, $4::int, $5::date, $6::int)',
};

const olderDay: Statement = {
  name: 'ledger-history-older-day',
  text: `select max(business_date) from ledger.business_days
    where business_date > coalesce((select max(business_date) from ledger.archived_days), '-infinity')
      and business_date < (select min(business_date) from (
        select business_date from ledger.business_days
        where business_date <= coalesce($3::date,
          (select business_date from idempotency.outcomes where bucket = $1 and id = $2), 'infinity')
        order by business_date desc limit $4) d)`,
};

/**
 * So many days are looked through in one statement, which ends with the page, and locks what it went through until
 * then: never so much that the server could run out of locks.
 */
const daysAtOnce = 32;

const find: Statement = {
  name: 'ledger-history-entries',
  text: 'select * from ledger.history_entries($1::smallint, $2::bigint, $3::bigint[])',
};

/** A page of an owner's entries, newest first, older than the cursor; a page costs the same however deep it lies. */
export async function readHistory(
  session: Session,
  ownerId: bigint,
  page: { readonly before: bigint | null; readonly limit: number },
): Promise<HistoryEntry[]> {
  requirePageLimit(page.limit, historyPageMax);
  const bucket = bucketOf(ownerId);
  const found: HistoryEntry[] = [];
  let before = page.before ?? idMax;
  let through: string | null = page.before === null ? 'infinity' : null;
  for (;;) {
    const wanted = page.limit - found.length;
    const { rows } = await session.run(read, [bucket, ownerId, before, wanted, through, daysAtOnce]);
    found.push(...entriesOf(rows));
    if (found.length === page.limit) return found;
    const last = found.at(-1);
    // Where what was wanted came in legs it goes on where it ended, else with the days before those.
    if (rows.length >= wanted) through = last?.businessDate ?? null;
    else
      through = (await session.run(olderDay, [bucket, before, through, daysAtOnce])).rows[0]?.[0] as
        | string
        | null;
    if (through === null) return found;
    before = last?.id ?? before;
  }
}

/** These entries of an owner, by their ids; one that is not the owner's is not there. */
export async function findHistoryEntries(
  session: Session,
  ownerId: bigint,
  ids: readonly bigint[],
): Promise<Map<bigint, HistoryEntry>> {
  if (ids.length > foundAtOnceMax) throw new RangeError('more entries than are found at once');
  if (ids.length === 0) return new Map();
  const asked = [...new Set(ids)];
  const { rows } = await session.run(find, [bucketOf(ownerId), ownerId, numberColumn(asked, (id) => id)]);
  return new Map(entriesOf(rows).map((entry) => [entry.id, entry]));
}

/** The entries of rows of which each is a purse leg, those of an entry beside each other; one without legs has a row. */
function entriesOf(rows: readonly unknown[][]): HistoryEntry[] {
  const entries: HistoryEntry[] = [];
  for (let at = 0; at < rows.length; ) {
    const first = rows[at] as unknown[];
    const legs: HistoryLeg[] = [];
    for (; rows[at]?.[0] === first[0]; at++) {
      const [accountId, amountFen, balanceFen] = (rows[at] as unknown[]).slice(7, 10) as bigint[];
      if (accountId !== null) legs.push({ accountId, amountFen, balanceFen } as HistoryLeg);
    }
    entries.push(entryOf(first, legs.sort(byAccount)));
  }
  return entries;
}

function entryOf(row: readonly unknown[], legs: readonly HistoryLeg[]): HistoryEntry {
  return {
    id: row[0] as bigint,
    originalId: row[1] as bigint | null,
    businessDate: row[2] as string,
    participantId: row[3] as number,
    terminalId: row[4] as number,
    kind: row[5] as number,
    sector: row[6] as number,
    legs,
    detail: row[14] as string | null,
    hold:
      row[10] === null
        ? null
        : {
            amountFen: row[10] as bigint,
            capturedFen: row[11] as bigint,
            expiresAtMs: Number(row[12]),
            isOpen: row[13] as boolean,
          },
  };
}
