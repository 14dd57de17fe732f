import { deskParticipantId } from '#clearing/compensate.ts';
import { idOfOwnersSql, ofEntrySql } from '#ledger/journal-sql.ts';
import { hainanDayStartMs } from '#platform/calendar.ts';
import { idMax, numberColumn } from '#platform/columns.ts';
import { idLaneSql } from '#platform/ids.ts';
import { readByWindows } from '#platform/limits/by-windows.ts';
import { requirePageLimit } from '#platform/limits/page-limit.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import { idWindows } from '#platform/rules/id-windows.ts';
import type { OwnTransaction } from '#webhooks/rules/own-transaction.ts';
import type { LaneWindow } from '#webhooks/rules/take-groups.ts';
import { isOwnAccountSql } from './own-accounts.ts';

/** Who may have made an entry that moves something of a participant: a bound, far above any that is there. */
const postersMax = 1_000;

// Besides its own terminals our desk, which compensates out of what is owed to it; and the hospitals whose bills it
// pays a part of, where it is a fund.
const posters: Statement = {
  name: 'webhooks-posters',
  text: `select w.id, p.id from unnest($1::int[]) w(id)
    cross join lateral (
      select w.id union select $2::int
      union select participant_id from medical.institutions where pooled_fund_id = w.id or mutual_aid_id = w.id
      limit ${postersMax}) p(id)`,
};

/** By whose entries each of these participants may be moved. */
export async function readPosters(
  session: Session,
  participantIds: readonly number[],
): Promise<Map<number, readonly number[]>> {
  const asked = numberColumn(participantIds, (id) => id);
  const { rows } = await session.run(posters, [asked, deskParticipantId]);
  const found = new Map<number, number[]>();
  for (const [own, poster] of rows as [number, number][]) found.set(own, [...(found.get(own) ?? []), poster]);
  return found;
}

// What it moved on the participant's own accounts; an entry of somebody else that moved nothing there is not its own.
// The days are said a second time as parameters: only those partitions are opened.
const movedOf = (entry: string, participant: string, days: string) => `
  select coalesce(sum(amount_fen), 0)::bigint as fen, count(*) as legs from ledger.postings t
  where bucket = ${entry}.bucket and ${ofEntrySql('t', `${entry}.id`)} and business_date = ${entry}.business_date
    and business_date ${days} and ${isOwnAccountSql('account_id', participant)}`;

// Everything about the entries of `e`, as participant `e.own` sees them.
const told = (
  days: string,
  entries: string,
) => `select e.own, e.id, e.owner_id, e.original_id, e.kind, e.sector, e.terminal_id,
    e.business_date, to_char(o.local_time, 'YYYY-MM-DD HH24:MI:SS'), c.number_tail, o.amount_fen, m.fen
  from (${entries}) e
  cross join lateral (${movedOf('e', 'e.own', days)}) m
  left join lateral (
    select local_time, amount_fen, card_id from idempotency.outcomes where bucket = e.bucket and id = e.id offset 0) o
    on true
  left join lateral (
    select number_tail from cards.cards where bucket = e.bucket and id = o.card_id offset 0) c on true
  where e.participant_id = e.own or m.legs > 0
  order by e.id`;

// The participant's entries are found by its index, and those of the window by that of ids: only these are sorted.
const page: Statement = {
  name: 'webhooks-own-transactions',
  text: told(
    '= $1',
    `select $2::int as own, f.* from unnest($3::int[]) p(id)
    cross join lateral (
      select * from ledger.entries e
      where e.business_date = $1 and e.participant_id = p.id and e.id > $4 and e.id <= $6
        and (p.id = $2 or exists (
          select from ledger.postings t where bucket = e.bucket and ${ofEntrySql('t', 'e.id')} and business_date = $1
            and ${isOwnAccountSql('account_id', '$2')}))
      order by e.id limit $5) f
    order by f.id limit $5`,
  ),
};

export const transactionsPageMax = 1_000;

/** A page of a participant's transactions of a business day, in the order of their ids, after the cursor. */
export async function readOwnPage(
  session: Session,
  asked: {
    readonly participantId: number;
    readonly businessDate: string;
    readonly after: bigint;
    readonly limit: number;
    readonly nowMs: number;
  },
): Promise<OwnTransaction[]> {
  const { participantId, businessDate, after, limit, nowMs } = asked;
  requirePageLimit(limit, transactionsPageMax);
  const by = (await readPosters(session, [participantId])).get(participantId) ?? [];
  const windows = idWindows({ after, fromMs: hainanDayStartMs(businessDate), nowMs });
  const rows = await readByWindows(windows, limit, async (window, left) => {
    const posted = numberColumn(by, (id) => id);
    const asks = [businessDate, participantId, posted, window.after, left, window.through];
    return (await session.run(page, asks)).rows;
  });
  return rows.map(ownOf);
}

const dayOf: Statement = {
  name: 'webhooks-day-of',
  text: 'select business_date from idempotency.outcomes where bucket = $1 and id = $2 and refusal is null',
};
const single: Statement = {
  name: 'webhooks-own-transaction',
  text: told(
    '= $5',
    `select $1::int as own, e.* from ledger.entries e
      where e.bucket = $2 and e.business_date = $5 and e.owner_id = $3 and ${idOfOwnersSql('e')} = $4`,
  ),
};

/** One transaction, where it is the participant's own; null for another's as for none. */
export async function findOwnTransaction(
  session: Session,
  participantId: number,
  named: { readonly bucket: number; readonly cardAccountId: bigint; readonly id: bigint },
): Promise<OwnTransaction | null> {
  const { bucket, cardAccountId, id } = named;
  const day = (await session.run(dayOf, [bucket, id])).rows[0]?.[0];
  if (day === undefined) return null;
  const { rows } = await session.run(single, [participantId, bucket, cardAccountId, id, day]);
  return rows[0] === undefined ? null : ownOf(rows[0]);
}

// One look over the ids of all windows; what of it a lane is not to tell yet, or nobody listens to, is left out.
const inWindows: Statement = {
  name: 'webhooks-new-entries',
  text: told(
    'between $6 and $7',
    `select w.own, e.* from (
      select * from ledger.entries where business_date between $6 and $7 and id >= $8 and id < $9 offset 0) e
    join unnest($3::int[], $4::bigint[], $5::bigint[]) l(lane, from_id, to_id)
      on l.lane = ${idLaneSql('e.id')} and e.id >= l.from_id and e.id < l.to_id
    join unnest($1::int[], $2::int[]) w(own, poster) on w.poster = e.participant_id`,
  ),
};

/** A transaction and the participant that it is told to. */
export interface Told {
  readonly participantId: number;
  readonly transaction: OwnTransaction;
}

/** What these windows of the books hold of these participants. */
export async function readNewEntries(
  session: Session,
  participants: ReadonlyMap<number, readonly number[]>,
  read: { readonly windows: readonly LaneWindow[]; readonly firstDate: string; readonly lastDate: string },
): Promise<Told[]> {
  const pairs = [...participants].flatMap(([own, by]) => by.map((poster) => ({ own, poster })));
  const { rows } = await session.run(inWindows, [
    numberColumn(pairs, (pair) => pair.own),
    numberColumn(pairs, (pair) => pair.poster),
    numberColumn(read.windows, (window) => window.lane),
    numberColumn(read.windows, (window) => window.fromId),
    numberColumn(read.windows, (window) => window.toId),
    read.firstDate,
    read.lastDate,
    read.windows.reduce((least, window) => (window.fromId < least ? window.fromId : least), idMax),
    read.windows.reduce((most, window) => (window.toId > most ? window.toId : most), 0n),
  ]);
  return rows.map((row) => ({ participantId: row[0] as number, transaction: ownOf(row) }));
}

function ownOf(row: readonly unknown[]): OwnTransaction {
  return {
    id: row[1] as bigint,
    cardAccountId: row[2] as bigint,
    originalId: row[3] as bigint | null,
    kind: row[4] as number,
    sector: row[5] as number,
    terminalId: row[6] as number,
    businessDate: row[7] as string,
    localTime: row[8] as string | null,
    cardTail: row[9] as string | null,
    askedFen: row[10] as bigint | null,
    movedFen: row[11] as bigint,
  };
}
